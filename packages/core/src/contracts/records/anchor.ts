import { equalBytes, ok, type Result, refuse } from '../../encoding/index.ts'
import { isInstitutionRole } from '../../identity/roles.ts'
import type { ReadView } from '../../state/view.ts'
import { decideAccess } from '../consent/decide.ts'
import type { ReadKind } from '../contract.ts'
import { accounts, charts } from '../identity/tables.ts'
import { ANCHOR_KIND, type Anchoring, anchoringSchema } from './anchoring.ts'
import { enterBatch } from './enter-batch.ts'
import { type NewBatch, readNewBatch } from './new-batch.ts'
import { batches, batchIdOf } from './tables.ts'

/** Whether a batch is a new one under the id that it has to have, and holds something. */
export const validateBatch = (
  view: ReadView,
  { chart, batchId, nonce, count }: NewBatch,
  sender: Uint8Array,
): Result<void> => {
  if (!equalBytes(batchId, batchIdOf(chart, sender, nonce))) {
    return refuse('records.batch-id', 'The batch id is not that of its chart, author and nonce.')
  }
  if (count === 0) return refuse('records.empty', 'A batch holds at least one record.')
  return view.get(batches, batchId)
    ? refuse('records.exists', 'A batch of that id exists already.')
    : ok(undefined)
}

/** An author commits to a batch of records in a chart it may write to. */
export const anchorRecords: ReadKind<Anchoring, NewBatch> = {
  kind: ANCHOR_KIND,
  payload: anchoringSchema,
  read: readNewBatch,
  apply: (view, payload, context) => {
    const author = view.get(accounts, context.sender)
    const chart = view.get(charts, payload.chart)
    const decision = decideAccess(view, {
      actor: context.sender,
      chart: payload.chart,
      recordId: undefined,
      purpose: 'TREAT',
      mode: 'write',
      timeMs: context.timeMs,
      scopeProof: undefined,
    })
    if (!author || !chart) return refuse('consent.none', 'The author has no grant to write here.')
    if (decision.outcome === 'deny') return refuse(decision.code, decision.rule)
    if (payload.epoch !== chart.epoch) {
      return refuse('records.stale-epoch', 'The chart has begun a new epoch; seal the records to its key.')
    }
    const valid = validateBatch(view, payload, context.sender)
    if (!valid.ok) return valid
    const institution = isInstitutionRole(author.role) ? context.sender : (author.sponsor as Uint8Array)
    return ok(enterBatch(view, payload, institution, context))
  },
}
