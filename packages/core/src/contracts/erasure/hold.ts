import {
  bytes,
  equalBytes,
  list,
  nameFromBytes,
  ok,
  type Result,
  refuse,
  struct,
  word,
} from '../../encoding/index.ts'
import type { ReadView, WriteView } from '../../state/view.ts'
import type { TransactionContext, TransactionKind } from '../contract.ts'
import { activeInstitution } from '../identity/enrol.ts'
import { accounts, charts } from '../identity/tables.ts'
import { disputes, withDisputes } from '../records/dispute-tables.ts'
import { batchOfRecord } from '../records/tables.ts'
import { HOLD_REASONS, type HoldReason, retentionPeriodMs } from './hold-reasons.ts'
import { erasureOfRecord, type FoundErasure, holdsIn, isDue, recordsOfErasure } from './read.ts'
import { areSorted, stillOpen } from './request.ts'
import {
  chartHolds,
  type Erasure,
  erasures,
  HOLDS_PER_CHART_MAX,
  HOLDS_PER_INSTITUTION_MAX,
  holds,
  RECORDS_PER_ERASURE_MAX,
  recordErasures,
  type Withheld,
  withheldRecords,
} from './tables.ts'

export interface HoldPlacement {
  readonly chart: Uint8Array
  /** In increasing order; none for the whole chart, which only a regulator holds. */
  readonly records: readonly Uint8Array[]
  readonly reason: HoldReason
  readonly documentDigest: Uint8Array
}

const validateRecords = (
  view: ReadView,
  { chart, records, reason }: HoldPlacement,
  { sender, timeMs }: TransactionContext,
): Result<void> => {
  const isRegulator = view.get(accounts, sender)?.role === 'regulator'
  const periodMs = retentionPeriodMs(reason)
  if (records.length === 0 && !(isRegulator && periodMs === undefined)) {
    return refuse('erasure.not-author', 'Only a regulator holds a whole chart; others name what they wrote.')
  }
  if (!areSorted(records))
    return refuse('erasure.records', 'Records are named by their ids, in increasing order, each once.')
  for (const recordId of records) {
    const batch = batchOfRecord(view, chart, recordId)
    if (!batch) return refuse('erasure.unknown-record', 'A record is not one of this chart.')
    if (view.get(disputes, recordId))
      return refuse(
        'erasure.of-dispute',
        'A hold names the record in dispute; what disputes it is kept with it.',
      )
    const isAuthor = equalBytes(batch.institution, sender)
    if (!isAuthor && !(isRegulator && periodMs === undefined)) {
      return refuse('erasure.not-author', 'An institution that is no regulator holds only what it wrote.')
    }
    if (periodMs !== undefined && timeMs >= batch.timeMs + periodMs) {
      return refuse('erasure.retention-over', 'The retention period of a record is over.')
    }
    const found = erasureOfRecord(view, recordId)
    if (found && isDue(found.erasure, timeMs))
      return refuse('erasure.due', 'A record is being destroyed already.')
  }
  return ok(undefined)
}

const validateRoom = (view: ReadView, chart: Uint8Array, sender: Uint8Array): Result<void> => {
  const placed = holdsIn(view, chart)
  const own = placed.filter(({ institution }) => equalBytes(institution, sender))
  return placed.length < HOLDS_PER_CHART_MAX && own.length < HOLDS_PER_INSTITUTION_MAX
    ? ok(undefined)
    : refuse('erasure.too-many', 'There are too many holds on the chart; release old ones.')
}

const refuseErasure = (view: WriteView, id: Uint8Array, erasure: Erasure): void => {
  const refused: Erasure = { ...erasure, status: 'refused' }
  view.put(erasures, refused, id)
}

/** Takes single records out of the erasures that they wait in; one that nothing is left of is refused. */
const withholdRecords = (
  view: WriteView,
  holdId: Uint8Array,
  records: readonly Uint8Array[],
  timeMs: number,
): void => {
  // Each erasure is written once, not once for each of its records: that would take seconds.
  const waiting = new Map<string, FoundErasure & { readonly withheld: Withheld[] }>()
  for (const recordId of withDisputes(view, records)) {
    const found = erasureOfRecord(view, recordId)
    // What disputes a record may have been destroyed before it: no hold takes that back.
    if (!found || isDue(found.erasure, timeMs)) continue
    view.remove(recordErasures, recordId)
    const name = nameFromBytes(found.id)
    const known = waiting.get(name) ?? { ...found, withheld: [] }
    known.withheld.push({ recordId, holdId })
    waiting.set(name, known)
  }
  for (const { id, erasure, withheld } of waiting.values()) {
    view.put(withheldRecords, [...(view.get(withheldRecords, id) ?? []), ...withheld], id)
    if (recordsOfErasure(view, id).length === 0) refuseErasure(view, id, erasure)
  }
}

const withholdChart = (view: WriteView, holdId: Uint8Array, chart: Uint8Array, timeMs: number): void => {
  for (const id of stillOpen(view, chart, timeMs)) {
    const erasure = view.get(erasures, id)
    if (!erasure) continue
    const records = recordsOfErasure(view, id)
    const before = view.get(withheldRecords, id) ?? []
    view.put(withheldRecords, [...before, ...records.map((recordId) => ({ recordId, holdId }))], id)
    refuseErasure(view, id, erasure)
  }
}

/** An author's institution or a regulator keeps records from being erased, and says why (erasure X3, X4). */
export const placeHold: TransactionKind<HoldPlacement> = {
  kind: 'erasure.hold',
  payload: struct<HoldPlacement>({
    chart: bytes(32),
    records: list(bytes(18), RECORDS_PER_ERASURE_MAX),
    reason: word(HOLD_REASONS),
    documentDigest: bytes(32),
  }),
  apply: (view, payload, context) => {
    const { sender, txId, height, timeMs } = context
    if (!activeInstitution(view, sender)) {
      return refuse('erasure.not-institution', 'Only an active institution signs or holds.')
    }
    if (!view.get(charts, payload.chart))
      return refuse('erasure.unknown-record', 'There is no chart of that id.')
    const valid = validateRecords(view, payload, context)
    if (!valid.ok) return valid
    const room = validateRoom(view, payload.chart, sender)
    if (!room.ok) return room
    const placed = { institution: sender, placedHeight: height, placedMs: timeMs, releasedHeight: undefined }
    view.put(holds, { ...payload, ...placed, periodMs: retentionPeriodMs(payload.reason) }, txId)
    const kept = holdsIn(view, payload.chart).map(({ id }) => id)
    view.put(chartHolds, [...kept, txId], payload.chart)
    if (payload.records.length > 0) withholdRecords(view, txId, payload.records, timeMs)
    else withholdChart(view, txId, payload.chart, timeMs)
    return ok([{ kind: 'erasure.held', subjects: [payload.chart, txId, sender] }])
  },
}

export interface HoldRelease {
  readonly holdId: Uint8Array
}

/** Whoever placed a hold ends it; what it took out of an erasure has to be asked for again. */
export const releaseHold: TransactionKind<HoldRelease> = {
  kind: 'erasure.release',
  payload: struct<HoldRelease>({ holdId: bytes(32) }),
  apply: (view, { holdId }, { sender, height }) => {
    const hold = view.get(holds, holdId)
    if (!hold || !equalBytes(hold.institution, sender)) {
      return refuse('erasure.unknown-hold', 'The institution has placed no hold of that id.')
    }
    if (hold.releasedHeight !== undefined) return refuse('erasure.released', 'The hold is released already.')
    view.put(holds, { ...hold, releasedHeight: height }, holdId)
    const rest = (view.get(chartHolds, hold.chart) ?? []).filter((id) => !equalBytes(id, holdId))
    view.put(chartHolds, rest, hold.chart)
    return ok([{ kind: 'erasure.hold-released', subjects: [hold.chart, holdId, sender] }])
  },
}
