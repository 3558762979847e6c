import { type AuditEntry, auditEntryHash, equalBytes, hexFromBytes, ZERO_HASH } from '@medchain/core'

/** Where an entry lies. */
export interface EntryPlace {
  readonly file: number
  readonly offset: number
  readonly sizeBytes: number
}

/** The end of one chart's chain. */
export interface ChartHead {
  readonly chart: Uint8Array
  readonly sequence: number
  readonly hash: Uint8Array
}

/** A head of a chart that others have followed. */
interface PastHead {
  /** Number of its entry in the whole log, from 1. */
  readonly entryNumber: number
  readonly sequence: number
  readonly hash: Uint8Array
}

export const firstHead = (chart: Uint8Array): ChartHead => ({ chart, sequence: 0, hash: ZERO_HASH })

/** The head after an entry, which is taken as it is. */
export const headAfter = (entry: AuditEntry): ChartHead => ({
  chart: entry.chart,
  sequence: entry.sequence,
  hash: auditEntryHash(entry),
})

export const follows = (head: ChartHead, entry: AuditEntry): boolean =>
  entry.sequence === head.sequence + 1 && equalBytes(entry.previousHash, head.hash)

/** Heads and places of all charts, in memory. */
export interface ChartHeads {
  readonly head: (chart: Uint8Array) => ChartHead
  readonly all: () => Iterable<ChartHead>
  readonly places: (chart: Uint8Array) => readonly EntryPlace[]
  /** Heads as they were when the log had that many entries. */
  readonly allAt: (entryCount: number) => Iterable<ChartHead>
  /** Entries of all charts together. */
  readonly entryCount: () => number
  readonly add: (head: ChartHead, place: EntryPlace) => void
}

export const createChartHeads = (): ChartHeads => {
  const heads = new Map<string, ChartHead>()
  const places = new Map<string, EntryPlace[]>()
  const past = new Map<string, PastHead[]>()
  let entryCount = 0
  return {
    head: (chart) => heads.get(hexFromBytes(chart)) ?? firstHead(chart),
    all: () => heads.values(),
    places: (chart) => places.get(hexFromBytes(chart)) ?? [],
    *allAt(count) {
      for (const [name, passed] of past) {
        const last = passed.findLast(({ entryNumber }) => entryNumber <= count)
        const head = heads.get(name)
        if (last && head) yield { chart: head.chart, sequence: last.sequence, hash: last.hash }
      }
    },
    entryCount: () => entryCount,
    add(head, place) {
      const name = hexFromBytes(head.chart)
      heads.set(name, head)
      const known = places.get(name)
      if (known) known.push(place)
      else places.set(name, [place])
      entryCount++
      const passed = { entryNumber: entryCount, sequence: head.sequence, hash: head.hash }
      const before = past.get(name)
      if (before) before.push(passed)
      else past.set(name, [passed])
    },
  }
}
