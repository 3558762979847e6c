import { compareBytes, equalBytes } from '../../encoding/index.ts'
import type { ReadView } from '../../state/view.ts'
import { institutionsIn } from '../governance/genesis.ts'
import { accounts, positionKey } from '../identity/tables.ts'
import { decidingRecord } from '../records/dispute-tables.ts'
import { batches, splitRecordId } from '../records/tables.ts'
import {
  chartErasureCounts,
  chartErasures,
  chartHolds,
  type Erasure,
  erasureLog,
  erasureReceipts,
  erasureRecords,
  erasures,
  type Hold,
  holds,
  type Receipt,
  recordErasures,
} from './tables.ts'

/** Whether holders destroy what it names: nobody cancelled it and its time has come. */
export const isDue = (erasure: Erasure, timeMs: number): boolean =>
  erasure.status === 'requested' && erasure.dueMs <= timeMs

export interface FoundErasure {
  readonly id: Uint8Array
  readonly erasure: Erasure
}

/**
 * The erasure that a record is part of now, due or not; undefined when none asks for it. What disputes a record goes
 * with it, and may go before it.
 */
export const erasureOfRecord = (view: ReadView, recordId: Uint8Array): FoundErasure | undefined => {
  const id = view.get(recordErasures, recordId)
  const erasure = id && view.get(erasures, id)
  if (id && erasure?.status === 'requested') return { id, erasure }
  const disputed = decidingRecord(view, recordId)
  return disputed === recordId ? undefined : erasureOfRecord(view, disputed)
}

/** Whether a record is to be destroyed everywhere, by block time: from then on nothing of it is stored or served. */
export const isErased = (view: ReadView, recordId: Uint8Array, timeMs: number): boolean => {
  const found = erasureOfRecord(view, recordId)
  return found !== undefined && isDue(found.erasure, timeMs)
}

/** The records of an erasure without those that holds took out, in increasing order. */
export const recordsOfErasure = (view: ReadView, erasureId: Uint8Array): readonly Uint8Array[] =>
  (view.get(erasureRecords, erasureId) ?? []).filter((recordId) => {
    const current = view.get(recordErasures, recordId)
    return current !== undefined && equalBytes(current, erasureId)
  })

/** The id of an erasure by its position in the order of the whole network; undefined behind the last. */
export const erasureIdAt = (view: ReadView, position: number): Uint8Array | undefined =>
  view.get(erasureLog, positionKey(position))

/** Ids of a chart's erasures, oldest first. */
export const erasureIdsOfChart = (view: ReadView, chart: Uint8Array): readonly Uint8Array[] => {
  const count = view.get(chartErasureCounts, chart) ?? 0
  return Array.from({ length: count }, (_, position) =>
    view.get(chartErasures, chart, positionKey(position)),
  ).filter((id) => id !== undefined)
}

export interface ErasureState {
  /** `waiting` may be cancelled; `pending` is being destroyed; `erased` has every receipt. */
  readonly state: 'waiting' | 'pending' | 'erased' | 'cancelled' | 'refused'
  readonly signed: readonly Receipt[]
  /** Present institutions that have not signed. */
  readonly owing: readonly Uint8Array[]
  /** Institutions that left without having signed: of those nothing can be said. */
  readonly left: readonly Uint8Array[]
}

const NOBODY = { signed: [], owing: [], left: [] }

/** How far an erasure is at a block time; undefined when there is none of that id. */
export const erasureStateIn = (
  view: ReadView,
  erasureId: Uint8Array,
  timeMs: number,
): ErasureState | undefined => {
  const erasure = view.get(erasures, erasureId)
  if (!erasure) return undefined
  if (erasure.status !== 'requested') return { state: erasure.status, ...NOBODY }
  const present = institutionsIn(view)
  const isPresent = (id: Uint8Array): boolean => present.some((each) => equalBytes(each, id))
  const { owed, signed } = view.get(erasureReceipts, erasureId) ?? { owed: present, signed: [] }
  const unsigned = owed.filter((id) => !signed.some(({ institution }) => equalBytes(institution, id)))
  const owing = unsigned.filter(isPresent)
  const left = unsigned.filter((id) => !isPresent(id))
  if (!isDue(erasure, timeMs)) return { state: 'waiting', signed, owing, left }
  return { state: owing.length === 0 ? 'erased' : 'pending', signed, owing, left }
}

export interface PlacedHold extends Hold {
  readonly id: Uint8Array
}

/** Holds on a chart that nobody released and whose institution is still active. */
export const holdsIn = (view: ReadView, chart: Uint8Array): readonly PlacedHold[] =>
  (view.get(chartHolds, chart) ?? []).flatMap((id) => {
    const hold = view.get(holds, id)
    const isInForce = hold && view.get(accounts, hold.institution)?.status === 'active'
    return hold && isInForce ? [{ ...hold, id }] : []
  })

const contains = (sorted: readonly Uint8Array[], recordId: Uint8Array): boolean => {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareBytes(sorted[middle] as Uint8Array, recordId) < 0) low = middle + 1
    else high = middle
  }
  const found = sorted[low]
  return found !== undefined && equalBytes(found, recordId)
}

/** Whether a hold keeps this record from being erased at a block time; with a record it keeps what disputes it. */
export const isHeldBy = (view: ReadView, hold: Hold, given: Uint8Array, timeMs: number): boolean => {
  const recordId = decidingRecord(view, given)
  if (hold.records.length > 0 && !contains(hold.records, recordId)) return false
  if (hold.periodMs === undefined) return true
  const batch = view.get(batches, splitRecordId(recordId).batchId)
  return batch !== undefined && timeMs < batch.timeMs + hold.periodMs
}

/** The first hold that keeps a record, of those given. */
export const holdOn = (
  view: ReadView,
  given: readonly PlacedHold[],
  recordId: Uint8Array,
  timeMs: number,
): PlacedHold | undefined => given.find((hold) => isHeldBy(view, hold, recordId, timeMs))
