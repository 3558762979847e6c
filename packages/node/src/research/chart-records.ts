import {
  batches,
  chartBatches,
  charts,
  disputes,
  hexFromBytes,
  positionKey,
  type ReadView,
  recordIdOf,
} from '@medchain/core'
import { goneRecordsOf } from './gone-records.ts'

export interface ChartBatch {
  readonly batchId: Uint8Array
  readonly recordIds: readonly Uint8Array[]
}

/**
 * Batches of a chart from `from` on, with the ids of their present records at a block time; disputes are words about
 * records, and counted nowhere.
 */
export const batchesOfChart = (
  head: { readonly view: ReadView; readonly timeMs: number },
  chart: Uint8Array,
  from: number,
): ChartBatch[] => {
  const { view } = head
  const count = view.get(charts, chart)?.batchCount ?? 0
  const gone = goneRecordsOf(head, chart)
  const found: ChartBatch[] = []
  for (let position = from; position < count; position++) {
    const batchId = view.get(chartBatches, chart, positionKey(position))
    const batch = batchId && view.get(batches, batchId)
    if (batchId && batch) {
      const all = Array.from({ length: batch.count }, (_, index) => recordIdOf(batchId, index))
      const recordIds = all.filter(
        (recordId) => !gone.has(hexFromBytes(recordId)) && !view.get(disputes, recordId),
      )
      found.push({ batchId, recordIds })
    }
  }
  return found
}

/** Slices of at most `size`. */
export const slicesOf = <T>(items: readonly T[], size: number): T[][] => {
  const slices: T[][] = []
  for (let at = 0; at < items.length; at += size) slices.push(items.slice(at, at + size))
  return slices
}
