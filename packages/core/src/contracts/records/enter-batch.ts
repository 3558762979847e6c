import type { WriteView } from '../../state/view.ts'
import type { ContractEvent } from '../contract.ts'
import { charts, positionKey } from '../identity/tables.ts'
import type { NewBatch } from './new-batch.ts'
import { batches, chartBatches, nextRecordChain } from './tables.ts'

/** Writes a batch into its chart. What it is was checked before. */
export const enterBatch = (
  view: WriteView,
  { chart: chartId, epoch, batchId, count, ...batch }: NewBatch,
  institution: Uint8Array,
  {
    sender,
    height,
    timeMs,
  }: { readonly sender: Uint8Array; readonly height: number; readonly timeMs: number },
): readonly ContractEvent[] => {
  const chart = view.get(charts, chartId)
  if (!chart) return []
  const anchorsRoot = batch.anchorsRoot()
  view.put(
    batches,
    { chart: chartId, epoch, author: sender, institution, count, height, timeMs, anchorsRoot },
    batchId,
  )
  view.put(chartBatches, batchId, chartId, positionKey(chart.batchCount))
  view.put(
    charts,
    {
      ...chart,
      batchCount: chart.batchCount + 1,
      recordCount: chart.recordCount + count,
      recordChain: nextRecordChain(chart.recordChain, batchId, anchorsRoot),
    },
    chartId,
  )
  return [{ kind: 'records.anchored', subjects: [chartId, batchId] }]
}
