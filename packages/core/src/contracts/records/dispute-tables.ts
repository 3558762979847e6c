import { bytes, list, struct, uint } from '../../encoding/index.ts'
import { table } from '../../state/table.ts'
import type { ReadView } from '../../state/view.ts'
import { positionKey } from '../identity/tables.ts'

/** How many records may dispute one. */
export const DISPUTES_PER_RECORD_MAX = 16
/** Of these by others than the patient, who always finds room beside them. */
export const DISPUTES_BY_OTHERS_MAX = 12

/** A record that disputes another of its chart (custody C17). */
export interface Dispute {
  /** 18-byte id of the record that it disputes. */
  readonly disputed: Uint8Array
  /** Who signed: the chart, a guardian in force, or an account that may write in the chart. */
  readonly author: Uint8Array
  readonly height: number
  /** Block time in milliseconds since 1970. */
  readonly timeMs: number
}

/** By the id of the record that disputes. */
export const disputes = table(
  'records.dispute',
  struct<Dispute>({ disputed: bytes(18), author: bytes(32), height: uint(), timeMs: uint() }),
)

/** Ids of the records that dispute one, oldest first, by its id. */
export const disputesOfRecord = table('records.disputes-of-record', list(bytes(18), DISPUTES_PER_RECORD_MAX))

/** How many disputes a chart has, and their ids by chart and position. */
export const disputeCounts = table('records.dispute-count', uint())
export const chartDisputes = table('records.disputes-of-chart', bytes(18))

/** Disputes of a chart, oldest first. */
export const disputesIn = (
  view: ReadView,
  chart: Uint8Array,
): readonly (Dispute & { readonly recordId: Uint8Array })[] =>
  Array.from({ length: view.get(disputeCounts, chart) ?? 0 }, (_, position) => {
    const recordId = view.get(chartDisputes, chart, positionKey(position))
    const dispute = recordId && view.get(disputes, recordId)
    return recordId && dispute ? [{ recordId, ...dispute }] : []
  }).flat()

/** The record that decides who reads this one: what a dispute disputes, else the record itself. */
export const decidingRecord = (view: ReadView, recordId: Uint8Array): Uint8Array => {
  // A dispute is the only record of its batch.
  const mayDispute = recordId.length === 18 && recordId[16] === 0 && recordId[17] === 0
  return (mayDispute ? view.get(disputes, recordId)?.disputed : undefined) ?? recordId
}

/** Records with those that dispute them behind each. */
export const withDisputes = (view: ReadView, recordIds: readonly Uint8Array[]): readonly Uint8Array[] =>
  recordIds.flatMap((recordId) => [recordId, ...(view.get(disputesOfRecord, recordId) ?? [])])
