import { speaksForInstitution } from '../../access/access-mode.ts'
import { bytes, equalBytes, list, ok, optional, type Result, refuse, struct } from '../../encoding/index.ts'
import type { ReadView } from '../../state/view.ts'
import type { TransactionKind } from '../contract.ts'
import { activeInstitution } from '../identity/enrol.ts'
import { accounts, positionKey } from '../identity/tables.ts'
import { disputes } from './dispute-tables.ts'
import { chartSupersessions, supersessionCounts, supersessions } from './supersession-tables.ts'
import { batchOfRecord, RECORDS_PER_BATCH_MAX } from './tables.ts'

export interface SupersededRecord {
  readonly recordId: Uint8Array
  /** The record of the same chart and institution that takes its place; none to withdraw it. */
  readonly successor: Uint8Array | undefined
}

export interface Superseding {
  readonly chart: Uint8Array
  readonly records: readonly SupersededRecord[]
}

/** The active institution that an account writes for; undefined for whoever writes for none. */
const institutionBehind = (view: ReadView, sender: Uint8Array): Uint8Array | undefined => {
  const account = view.get(accounts, sender)
  if (!account || !speaksForInstitution(account.role, 'write')) return undefined
  const institution = account.sponsor ?? sender
  return activeInstitution(view, institution) ? institution : undefined
}

const validate = (
  view: ReadView,
  chart: Uint8Array,
  { recordId, successor }: SupersededRecord,
  institution: Uint8Array,
): Result<void> => {
  const batch = batchOfRecord(view, chart, recordId)
  if (!batch) return refuse('records.unknown-record', 'A record is not one of this chart.')
  if (view.get(disputes, recordId) || !equalBytes(batch.institution, institution)) {
    return refuse('records.not-author', 'Only the institution that wrote a record supersedes it.')
  }
  if (view.get(supersessions, recordId))
    return refuse('records.superseded', 'A record was replaced or withdrawn before, for good.')
  if (successor === undefined) return ok(undefined)
  const next = batchOfRecord(view, chart, successor)
  const isPresent =
    next !== undefined &&
    equalBytes(next.institution, institution) &&
    !view.get(disputes, successor) &&
    !view.get(supersessions, successor)
  return isPresent && !equalBytes(successor, recordId)
    ? ok(undefined)
    : refuse(
        'records.unknown-successor',
        'What takes a record’s place is another present record of the same chart and institution.',
      )
}

/** The author's institution says that records are not the present ones any more (custody C15). */
export const supersedeRecords: TransactionKind<Superseding> = {
  kind: 'records.supersede',
  payload: struct<Superseding>({
    chart: bytes(32),
    records: list(
      struct<SupersededRecord>({ recordId: bytes(18), successor: optional(bytes(18)) }),
      RECORDS_PER_BATCH_MAX,
    ),
  }),
  apply: (view, { chart, records }, { sender, height, timeMs }) => {
    const institution = institutionBehind(view, sender)
    if (!institution) {
      return refuse('records.not-author', 'Only the institution that wrote a record supersedes it.')
    }
    if (records.length === 0) return refuse('records.none-named', 'A supersession names at least one record.')
    let count = view.get(supersessionCounts, chart) ?? 0
    for (const record of records) {
      const valid = validate(view, chart, record, institution)
      if (!valid.ok) return valid
      const { recordId, successor } = record
      view.put(supersessions, { successor, author: sender, height, timeMs }, recordId)
      view.put(chartSupersessions, recordId, chart, positionKey(count))
      count += 1
    }
    view.put(supersessionCounts, count, chart)
    return ok([{ kind: 'records.superseded', subjects: [chart, sender] }])
  },
}
