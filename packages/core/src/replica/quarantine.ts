import { nameFromBytes } from '../encoding/index.ts'

/** Heights for which a transaction is at least left out at first; twice as many each further time, up to the most. */
const SPAN_FIRST = 2
const SPAN_MAX = 256
/** In a network at rest, where heights take long, a height of the span is over after this. */
const HEIGHT_MS = 250
const ENTRIES_MAX = 10_000

/**
 * Heights: up to twice the span, by a byte of its hash, another one each time: what failed together comes back apart, so that
 * whatever is good among it is soon in a block without the bad one.
 */
const heightsOf = (wireHash: Uint8Array, span: number): number =>
  span + ((wireHash[Math.log2(span)] as number) % span)

/**
 * Transactions that stood in several failed proposals of one height, which this node leaves out of its own blocks for a
 * while (consensus Q67): one of them may be what nobody can judge. Never for long, so that no liar keeps out what stood in
 * its bad proposals; and nobody else's blocks are judged by it.
 */
export interface Quarantine {
  readonly holds: (wireHash: Uint8Array, height: number, nowMs: number) => boolean
  /** They failed at this height, which was decided now. */
  readonly add: (wireHashes: readonly Uint8Array[], height: number, nowMs: number) => void
  /** Forgets those that have been free again for as long as they were held. */
  readonly advance: (height: number) => void
  readonly size: () => number
}

interface Entry {
  readonly untilHeight: number
  readonly untilMs: number
  readonly span: number
}

export const createQuarantine = (): Quarantine => {
  const entries = new Map<string, Entry>()
  return {
    holds: (wireHash, height, nowMs) => {
      if (entries.size === 0) return false
      const entry = entries.get(nameFromBytes(wireHash))
      return entry !== undefined && height <= entry.untilHeight && nowMs < entry.untilMs
    },
    add: (wireHashes, height, nowMs) => {
      for (const wireHash of wireHashes) {
        const name = nameFromBytes(wireHash)
        const known = entries.get(name)
        const span = known === undefined ? SPAN_FIRST : Math.min(SPAN_MAX, 2 * known.span)
        entries.delete(name)
        const heights = heightsOf(wireHash, span)
        entries.set(name, { span, untilHeight: height + heights, untilMs: nowMs + heights * HEIGHT_MS })
      }
      for (const oldest of entries.keys()) {
        if (entries.size <= ENTRIES_MAX) return
        entries.delete(oldest)
      }
    },
    advance: (height) => {
      for (const [name, { untilHeight, span }] of entries)
        if (height > untilHeight + span) entries.delete(name)
    },
    size: () => entries.size,
  }
}
