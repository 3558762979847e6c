import {
  type Batch,
  batches,
  equalBytes,
  type HealedHolders,
  type Holders,
  healedHoldersOf,
  isErased,
  type MemberHistory,
  recordIdOf,
} from '@medchain/core'
import type { Head } from '../../requests/ports.ts'

export type Side = keyof Holders

/** Who keeps a committed batch now and ever did; undefined when the chain has no such batch. */
export const healedHoldersIn = (
  { view }: Head,
  history: MemberHistory,
  batchId: Uint8Array,
): { readonly batch: Batch; readonly holders: HealedHolders } | undefined => {
  const batch = view.get(batches, batchId)
  return batch && { batch, holders: healedHoldersOf(batchId, history, batch.height, batch.institution) }
}

export const isAmong = (ids: readonly Uint8Array[], id: Uint8Array): boolean =>
  ids.some((each) => equalBytes(each, id))

/** Positions of a batch whose records are erased. */
export const erasedPositions = (
  { view, timeMs }: Head,
  batchId: Uint8Array,
  count: number,
): ReadonlySet<number> =>
  new Set(
    Array.from({ length: count }, (_, position) => position).filter((position) =>
      isErased(view, recordIdOf(batchId, position), timeMs),
    ),
  )
