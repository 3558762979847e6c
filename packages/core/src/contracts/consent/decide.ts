import { type AccessMode, speaksForInstitution } from '../../access/access-mode.ts'
import type { DeclaredEmergency } from '../../access/emergency.ts'
import { type AccessDecision, evaluate } from '../../access/evaluate.ts'
import type { Grant } from '../../access/grant.ts'
import type { Purpose } from '../../access/purposes.ts'
import type { ScopeProof } from '../../access/scope.ts'
import type { ReadView } from '../../state/view.ts'
import { declaredEmergency } from '../emergency/read.ts'
import { isErased } from '../erasure/read.ts'
import { guardianFacts } from '../guardianship/in-force.ts'
import { accounts, charts, positionKey } from '../identity/tables.ts'
import { isPart2Batch, part2Consents } from '../part2/tables.ts'
import { decidingRecord } from '../records/dispute-tables.ts'
import { batches, batchOfRecord, splitRecordId } from '../records/tables.ts'
import { grantsNaming } from './party-index.ts'
import { chartGrants, grants } from './tables.ts'

/** All grants that a chart ever gave, oldest first. */
export const grantsOfChart = (view: ReadView, chart: Uint8Array): Grant[] => {
  const count = view.get(charts, chart)?.grantCount ?? 0
  const found: Grant[] = []
  for (let position = 0; position < count; position++) {
    const grantId = view.get(chartGrants, chart, positionKey(position))
    const grant = grantId && view.get(grants, grantId)
    if (grant) found.push(grant)
  }
  return found
}

const actorOf = (view: ReadView, id: Uint8Array, mode: AccessMode) => {
  const account = view.get(accounts, id)
  if (!account) {
    const isActive = view.get(charts, id) !== undefined
    return { id, institution: undefined, speaksForInstitution: false, isActive }
  }
  const institution = account.sponsor ?? id
  const isActive = account.status === 'active' && view.get(accounts, institution)?.status === 'active'
  return { id, institution, speaksForInstitution: speaksForInstitution(account.role, mode), isActive }
}

/** Told to those who could have read it; strangers hear nothing of erasures (erasure X6). */
const ERASED: AccessDecision = {
  outcome: 'deny',
  code: 'record.erased',
  rule: 'The patient had the record erased.',
  basis: 'none',
  grant: undefined,
}

export interface AccessRequest {
  readonly actor: Uint8Array
  readonly chart: Uint8Array
  /** 18-byte record id; absent when the question is about the whole chart. */
  readonly recordId: Uint8Array | undefined
  readonly purpose: Purpose
  readonly mode: AccessMode
  readonly timeMs: number
  readonly scopeProof: ScopeProof | undefined
  /** What was declared while the chain stands still (BG12); it speaks in place of what the chain has. */
  readonly haltedEmergency?: DeclaredEmergency | undefined
}

/** The decision of `evaluate` on the facts of committed state; an unknown record is a stranger's `consent.none`. */
export const decideAccess = (view: ReadView, request: AccessRequest): AccessDecision => {
  const actor = actorOf(view, request.actor, request.mode)
  // Whoever may read a record reads what disputes it, and nobody else does.
  const deciding = request.recordId && decidingRecord(view, request.recordId)
  const batch = deciding && batchOfRecord(view, request.chart, deciding)
  const nowhere = request.recordId !== undefined && batch === undefined
  if (nowhere && actor.isActive) {
    return {
      outcome: 'deny',
      code: 'consent.none',
      rule: 'No grant matches: deny by default.',
      basis: 'none',
      grant: undefined,
    }
  }
  const record =
    deciding && batch
      ? {
          id: deciding,
          authorInstitution: batch.institution,
          isPart2: isPart2Batch(view, batch),
        }
      : undefined
  const hasPart2Consent = ({ grantId }: Grant): boolean => view.get(part2Consents, grantId) !== undefined
  const emergency =
    request.purpose === 'BTG'
      ? (request.haltedEmergency ?? declaredEmergency(view, request.chart, request.actor))
      : undefined
  const guardianship = guardianFacts(view, request.chart, request.actor)
  const decision = evaluate(
    { ...request, actor, record, hasPart2Consent, emergency, guardianship },
    grantsNaming(view, request.chart, [actor.id, actor.institution]),
  )
  const isGone =
    decision.outcome === 'permit' && request.recordId && isErased(view, request.recordId, request.timeMs)
  return isGone ? ERASED : decision
}

export type ReadingQuestion = Pick<AccessRequest, 'actor' | 'purpose' | 'scopeProof'> & {
  readonly recordId: Uint8Array
}

/**
 * Whether a record may be read now: by block time, and what that permits by the wall clock too, for what it has
 * ended is over although no block has said so yet.
 */
export const decideReading = (
  view: ReadView,
  question: ReadingQuestion,
  headTimeMs: number,
  wallMs: number,
): AccessDecision => {
  const chart = view.get(batches, splitRecordId(question.recordId).batchId)?.chart ?? question.recordId
  const request = { ...question, chart, mode: 'read' as const }
  const atHead = decideAccess(view, { ...request, timeMs: headTimeMs })
  return atHead.outcome === 'permit' && wallMs > headTimeMs
    ? decideAccess(view, { ...request, timeMs: wallMs })
    : atHead
}
