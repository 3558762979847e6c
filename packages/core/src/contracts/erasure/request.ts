import { bytes, compareBytes, list, ok, type Result, refuse, struct } from '../../encoding/index.ts'
import type { ReadView, WriteView } from '../../state/view.ts'
import type { TransactionContext, TransactionKind } from '../contract.ts'
import { charts, positionKey } from '../identity/tables.ts'
import { batchOfRecord } from '../records/tables.ts'
import { erasureOfRecord, holdOn, holdsIn, isDue } from './read.ts'
import {
  chartErasureCounts,
  chartErasures,
  type Erasure,
  erasureCount,
  erasureLog,
  erasureRecords,
  erasures,
  OPEN_ERASURES_MAX,
  openErasures,
  RECORDS_PER_ERASURE_MAX,
  recordErasures,
} from './tables.ts'

/** How long whoever asked may think better of it, in block time. */
export const CANCEL_MS = 72 * 60 * 60 * 1000

export interface ErasureRequest {
  /** 18-byte ids of the sender's records, in increasing order. */
  readonly records: readonly Uint8Array[]
}

/** Whether ids stand in increasing order, none twice. */
export const areSorted = (ids: readonly Uint8Array[]): boolean =>
  ids.every((id, index) => index === 0 || compareBytes(ids[index - 1] as Uint8Array, id) < 0)

const validate = (
  view: ReadView,
  records: readonly Uint8Array[],
  { sender, timeMs }: TransactionContext,
): Result<void> => {
  if (!view.get(charts, sender)) return refuse('erasure.not-chart', 'Only a chart has its records erased.')
  if (records.length === 0 || !areSorted(records)) {
    return refuse('erasure.records', 'Records are named by at least one id, in increasing order, each once.')
  }
  const placed = holdsIn(view, sender)
  for (const recordId of records) {
    if (!batchOfRecord(view, sender, recordId)) {
      return refuse('erasure.unknown-record', 'A record is not one of this chart.')
    }
    if (erasureOfRecord(view, recordId)) {
      return refuse('erasure.exists', 'A record is erased already, or is going to be.')
    }
    const hold = holdOn(view, placed, recordId, timeMs)
    if (hold) return refuse('erasure.held', `A record is kept by a hold: ${hold.reason}.`)
  }
  return ok(undefined)
}

/** Erasures of a chart that can still be cancelled. */
export const stillOpen = (view: ReadView, chart: Uint8Array, timeMs: number): readonly Uint8Array[] =>
  (view.get(openErasures, chart) ?? []).filter((id) => {
    const erasure = view.get(erasures, id)
    return erasure?.status === 'requested' && !isDue(erasure, timeMs)
  })

const enter = (view: WriteView, chart: Uint8Array, id: Uint8Array): void => {
  const ofChart = view.get(chartErasureCounts, chart) ?? 0
  view.put(chartErasures, id, chart, positionKey(ofChart))
  view.put(chartErasureCounts, ofChart + 1, chart)
  const ofAll = view.get(erasureCount) ?? 0
  view.put(erasureLog, id, positionKey(ofAll))
  view.put(erasureCount, ofAll + 1)
}

/** A chart asks for records to be destroyed everywhere once 72 hours of block time have passed (erasure X1). */
export const requestErasure: TransactionKind<ErasureRequest> = {
  kind: 'erasure.request',
  payload: struct<ErasureRequest>({ records: list(bytes(18), RECORDS_PER_ERASURE_MAX) }),
  apply: (view, { records }, context) => {
    const valid = validate(view, records, context)
    if (!valid.ok) return valid
    const { sender: chart, txId: id, timeMs, height } = context
    const open = stillOpen(view, chart, timeMs)
    if (open.length >= OPEN_ERASURES_MAX)
      return refuse('erasure.too-many', 'The chart has too many erasures that are not due yet.')
    const erasure: Erasure = {
      chart,
      count: records.length,
      requestedHeight: height,
      requestedMs: timeMs,
      dueMs: timeMs + CANCEL_MS,
      status: 'requested',
    }
    view.put(erasures, erasure, id)
    view.put(erasureRecords, records, id)
    for (const recordId of records) view.put(recordErasures, id, recordId)
    view.put(openErasures, [...open, id], chart)
    enter(view, chart, id)
    return ok([{ kind: 'erasure.requested', subjects: [chart, id] }])
  },
}
