import { equalBytes } from '@medchain/core'
import type { PlacedChange } from './changed-bucket.ts'

/** Changes that are durable in the log of changes and not yet in the buckets' own place. */
export interface PendingChanges {
  /** In the order in which they are to be made. */
  readonly of: (index: number) => readonly PlacedChange[]
  readonly indices: () => Iterable<number>
  /** Buckets from `first` up to below `end` that have some, in increasing order. */
  readonly between: (first: number, end: number) => readonly number[]
  /** `height` is that of the checkpoint they came with. */
  readonly add: (index: number, changes: readonly PlacedChange[], height: number) => void
  readonly forget: (index: number) => void
  /** Lowest checkpoint that the log of changes has to keep, undefined when none are pending. */
  readonly lowestHeight: () => number | undefined
}

interface Waiting {
  readonly sinceHeight: number
  readonly changes: PlacedChange[]
}

export const createPendingChanges = (): PendingChanges => {
  const waiting = new Map<number, Waiting>()
  return {
    of: (index) => waiting.get(index)?.changes ?? [],
    indices: () => waiting.keys(),
    between: (first, end) => {
      const found: number[] = []
      for (let index = first; index < end; index++) if (waiting.has(index)) found.push(index)
      return found
    },
    add: (index, changes, height) => {
      if (changes.length === 0) return
      const known = waiting.get(index) ?? { sinceHeight: height, changes: [] }
      waiting.set(index, known)
      for (const change of changes) {
        const before = known.changes.findIndex(({ key }) => equalBytes(key, change.key))
        if (before >= 0) known.changes[before] = change
        else known.changes.push(change)
      }
    },
    forget: (index) => {
      waiting.delete(index)
    },
    lowestHeight: () => {
      let lowest: number | undefined
      for (const { sinceHeight } of waiting.values()) {
        if (lowest === undefined || sinceHeight < lowest) lowest = sinceHeight
      }
      return lowest
    },
  }
}
