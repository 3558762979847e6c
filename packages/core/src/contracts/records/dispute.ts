import { equalBytes, ok, type Result, refuse } from '../../encoding/index.ts'
import type { ReadView } from '../../state/view.ts'
import { decideAccess } from '../consent/decide.ts'
import type { TransactionKind } from '../contract.ts'
import { erasureOfRecord } from '../erasure/read.ts'
import { guardianInForce } from '../guardianship/in-force.ts'
import { accounts, charts, positionKey } from '../identity/tables.ts'
import { isPart2Batch, part2Programs } from '../part2/tables.ts'
import { validateBatch } from './anchor.ts'
import { DISPUTE_KIND, type Disputing, disputingSchema } from './anchoring.ts'
import {
  chartDisputes,
  DISPUTES_BY_OTHERS_MAX,
  DISPUTES_PER_RECORD_MAX,
  disputeCounts,
  disputes,
  disputesOfRecord,
} from './dispute-tables.ts'
import { enterBatch } from './enter-batch.ts'
import { newBatchOf } from './new-batch.ts'
import { type Batch, batchOfRecord, recordIdOf } from './tables.ts'

interface Disputant {
  readonly sender: Uint8Array
  readonly timeMs: number
}

/** The patient, a guardian in force, or whoever may write in the chart and is not of the institution that wrote it. */
const validateDisputant = (
  view: ReadView,
  chart: Uint8Array,
  batch: Batch,
  { sender, timeMs }: Disputant,
): Result<void> => {
  if (view.get(charts, chart) && equalBytes(sender, chart)) return ok(undefined)
  const account = view.get(accounts, sender)
  if (account?.role === 'guardian') {
    const guardianship = guardianInForce(view, chart, sender, timeMs)
    return guardianship.ok ? ok(undefined) : guardianship
  }
  const question = { actor: sender, chart, recordId: undefined, purpose: 'TREAT', mode: 'write' } as const
  const decision = decideAccess(view, { ...question, timeMs, scopeProof: undefined })
  if (!account || decision.outcome === 'deny') {
    return refuse(
      account ? decision.code : 'consent.none',
      account ? decision.rule : 'The author has no grant to write here.',
    )
  }
  const home = account.sponsor ?? sender
  if (equalBytes(home, batch.institution))
    return refuse(
      'records.own-record',
      'The institution that wrote a record supersedes it; others dispute it.',
    )
  // Whoever reads the record would read the programme's words without the consent that 42 CFR 2.31 demands.
  return view.get(part2Programs, home) && !isPart2Batch(view, batch)
    ? refuse(
        'records.dispute-part2',
        'A programme under 42 CFR Part 2 disputes no record of others that are none: the patient does.',
      )
    : ok(undefined)
}

/** Whether a record may be disputed once more by the sender; others cannot take the patient's place. */
const hasRoom = (view: ReadView, { chart, disputed }: Disputing, sender: Uint8Array): boolean => {
  const before = view.get(disputesOfRecord, disputed) ?? []
  const isPatients = (author: Uint8Array | undefined): boolean =>
    author !== undefined && equalBytes(author, chart)
  const byOthers = before.filter((id) => !isPatients(view.get(disputes, id)?.author)).length
  return before.length < DISPUTES_PER_RECORD_MAX && (isPatients(sender) || byOthers < DISPUTES_BY_OTHERS_MAX)
}

/**
 * The batch of the record in dispute, or why it cannot be disputed so. Without a right in the chart `consent.none`,
 * whether or not there is such a record.
 */
export const validateDispute = (view: ReadView, payload: Disputing, disputant: Disputant): Result<Batch> => {
  const { chart, disputed, epoch } = payload
  const batch = batchOfRecord(view, chart, disputed)
  if (!batch) {
    return equalBytes(disputant.sender, chart) && view.get(charts, chart)
      ? refuse('records.unknown-record', 'A record is not one of this chart.')
      : refuse('consent.none', 'The author has no grant to write here.')
  }
  const permitted = validateDisputant(view, chart, batch, disputant)
  if (!permitted.ok) return permitted
  if (view.get(disputes, disputed))
    return refuse('records.of-dispute', 'A dispute is not disputed; dispute the record that it is about.')
  if (erasureOfRecord(view, disputed))
    return refuse('erasure.exists', 'A record is erased already, or is going to be.')
  if (!hasRoom(view, payload, disputant.sender))
    return refuse(
      'records.dispute-limit',
      'A record is disputed sixteen times at most, and twelve times by others than the patient.',
    )
  if (epoch !== batch.epoch)
    return refuse('records.dispute-epoch', 'A dispute is sealed to the epoch of the record that it is about.')
  const valid = validateBatch(view, newBatchOf(payload), disputant.sender)
  return valid.ok ? ok(batch) : valid
}

/** A record that disputes another one is appended to its chart; whoever may read that one reads it (custody C17). */
export const disputeRecord: TransactionKind<Disputing> = {
  kind: DISPUTE_KIND,
  payload: disputingSchema,
  apply: (view, payload, context) => {
    const { chart, disputed, batchId } = payload
    const { sender, height, timeMs } = context
    const batch = validateDispute(view, payload, context)
    if (!batch.ok) return batch
    const events = enterBatch(view, newBatchOf(payload), batch.value.institution, context)
    const recordId = recordIdOf(batchId, 0)
    view.put(disputes, { disputed, author: sender, height, timeMs }, recordId)
    view.put(disputesOfRecord, [...(view.get(disputesOfRecord, disputed) ?? []), recordId], disputed)
    const count = view.get(disputeCounts, chart) ?? 0
    view.put(chartDisputes, recordId, chart, positionKey(count))
    view.put(disputeCounts, count + 1, chart)
    return ok([...events, { kind: 'records.disputed', subjects: [chart, batchId] }])
  },
}
