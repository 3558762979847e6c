import {
  batches,
  chartBatches,
  charts,
  disputes,
  isErased,
  positionKey,
  type ReadView,
  recordIdOf,
} from '@medchain/core'

export interface ChartBatch {
  readonly batchId: Uint8Array
  readonly recordIds: readonly Uint8Array[]
}

/** Batches of a chart from `from` on, with the ids of their records that are not erased at a block time; disputes are words about records, and counted nowhere. */
export const batchesOfChart = (
  { view, timeMs }: { readonly view: ReadView; readonly timeMs: number },
  chart: Uint8Array,
  from: number,
): ChartBatch[] => {
  const count = view.get(charts, chart)?.batchCount ?? 0
  const found: ChartBatch[] = []
  for (let position = from; position < count; position++) {
    const batchId = view.get(chartBatches, chart, positionKey(position))
    const batch = batchId && view.get(batches, batchId)
    if (batchId && batch) {
      const all = Array.from({ length: batch.count }, (_, index) => recordIdOf(batchId, index))
      const recordIds = all.filter(
        (recordId) => !isErased(view, recordId, timeMs) && !view.get(disputes, recordId),
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
