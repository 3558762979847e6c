import { type AuditAnchor, auditAnchors, auditHeads, positionKey, type ReadView } from '@medchain/core'
import { ANCHORING_MS_MAX, loggedAt } from './entry-time.ts'
import type { VerifiedEntry } from './verify-chain.ts'

const SAMPLES_MAX = 8
/** Anchors made while the entry that is missed could have been anchored first. */
const ACCUSED_ANCHORS_MAX = 24

const anchorAt = (view: ReadView, node: Uint8Array, sequence: number): AuditAnchor | undefined =>
  view.get(auditAnchors, node, positionKey(sequence))

/** Number of the first anchor of a node at or after a block time; one more than its last if there is none. */
const firstAnchorFrom = (view: ReadView, node: Uint8Array, last: number, timeMs: number): number => {
  let low = 1
  let high = last + 1
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if ((anchorAt(view, node, middle)?.timeMs ?? 0) >= timeMs) high = middle
    else low = middle + 1
  }
  return low
}

const evenly = <T>(items: readonly T[], most: number): readonly T[] =>
  items.length <= most
    ? items
    : Array.from({ length: most }, (_, index) => items[Math.floor((index * items.length) / most)] as T)

/**
 * Numbers of a node's anchors under which its log is checked once more: the two after each of up to eight entries,
 * spread over the log, and those of the time at which it is missed at (`missedAtMs`). A node that rewrote its log
 * and anchored it again cannot prove these (A6). None is later than the one that the answer names (`named`): later
 * ones may cover entries that it could not have (A10).
 */
export const checkpointsOf = (
  view: ReadView,
  node: Uint8Array,
  entries: readonly Pick<VerifiedEntry, 'entry' | 'statement'>[],
  missedAtMs: readonly number[],
  named: number,
): readonly number[] => {
  const last = Math.min(named, view.get(auditHeads, node)?.sequence ?? 0)
  const from = (timeMs: number): number => firstAnchorFrom(view, node, last, timeMs)
  const sampled = evenly(entries, SAMPLES_MAX).flatMap(({ entry, statement }) => {
    const first = from(loggedAt(entry, statement))
    return [first, first + 1]
  })
  const missed = missedAtMs.slice(0, 1).flatMap((timeMs) => {
    const first = from(timeMs)
    const count = Math.min(ACCUSED_ANCHORS_MAX, from(timeMs + ANCHORING_MS_MAX) - first + 1)
    return Array.from({ length: count }, (_, index) => first + index)
  })
  return [...new Set([...sampled, ...missed])].filter((sequence) => sequence <= last).sort((a, b) => a - b)
}
