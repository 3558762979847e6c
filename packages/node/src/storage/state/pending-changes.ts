import { createTurnoverMap, equalBytes } from '@medchain/core'
import type { PlacedChange } from './changed-bucket.ts'

/** Changes that are durable in the log of changes and not yet in the buckets' own place. */
export interface PendingChanges {
  /** In the order in which they are to be made. */
  readonly of: (index: number) => readonly PlacedChange[]
  readonly indices: () => Iterable<number>
  /** Buckets from `first` up to below `end` that have some, in increasing order. */
  readonly between: (first: number, end: number) => readonly number[]
  readonly add: (index: number, changes: readonly PlacedChange[]) => void
  readonly forget: (index: number) => void
}

const NONE: readonly PlacedChange[] = []

export const createPendingChanges = (): PendingChanges => {
  const waiting = createTurnoverMap<number, PlacedChange[]>()
  return {
    of: (index) => waiting.get(index) ?? NONE,
    indices: () => waiting.keys(),
    between: (first, end) => {
      const found: number[] = []
      for (let index = first; index < end; index++) if (waiting.has(index)) found.push(index)
      return found
    },
    add: (index, changes) => {
      if (changes.length === 0) return
      const known = waiting.get(index) ?? []
      waiting.set(index, known)
      for (const change of changes) {
        const before = known.findIndex(({ key }) => equalBytes(key, change.key))
        if (before >= 0) known[before] = change
        else known.push(change)
      }
    },
    forget: (index) => {
      waiting.delete(index)
    },
  }
}
