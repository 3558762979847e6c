import { type AccessDecision, type AccessMode, evaluate } from '../../access/evaluate.ts'
import type { Grant } from '../../access/grant.ts'
import type { Purpose } from '../../access/purposes.ts'
import type { ScopeProof } from '../../access/scope.ts'
import { isInstitutionRole } from '../../identity/roles.ts'
import type { ReadView } from '../../state/view.ts'
import { accounts, charts, positionKey } from '../identity/tables.ts'
import { batchOfRecord } from '../records/tables.ts'
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

const actorOf = (view: ReadView, id: Uint8Array) => {
  const account = view.get(accounts, id)
  if (!account) return { id, institution: undefined, isActive: view.get(charts, id) !== undefined }
  const institution = isInstitutionRole(account.role) ? id : account.sponsor
  const sponsor = institution && view.get(accounts, institution)
  return { id, institution, isActive: account.status === 'active' && sponsor?.status === 'active' }
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
}

/** The decision of `evaluate` on the facts of committed state; an unknown record is a stranger's `consent.none`. */
export const decideAccess = (view: ReadView, request: AccessRequest): AccessDecision => {
  const actor = actorOf(view, request.actor)
  const batch = request.recordId && batchOfRecord(view, request.chart, request.recordId)
  const nowhere = request.recordId !== undefined && batch === undefined
  if (nowhere) {
    return {
      outcome: 'deny',
      code: 'consent.none',
      rule: 'No grant matches: deny by default.',
      basis: 'none',
      grant: undefined,
    }
  }
  const record =
    request.recordId && batch ? { id: request.recordId, authorInstitution: batch.institution } : undefined
  return evaluate({ ...request, actor, record }, grantsOfChart(view, request.chart))
}
