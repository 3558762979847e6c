import { type DisclosureLeg, ok, type Result, type SignedDisclosure } from '@medchain/core'
import type { Audit } from '../audit/create-audit.ts'
import type { Eraser } from '../erasure/eraser.ts'
import { refuseRequest } from '../requests/codes.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { type CheckedStatement, checkStatement } from './check-statement.ts'
import { refuseDisclosure } from './codes.ts'
import { decideRecords, type RecordDecision } from './decide.ts'
import { type DecisionHead, type DeclaredInHalt, headFor } from './fresh-head.ts'
import { logDisclosure } from './log-disclosure.ts'
import { createRefusalBudget, type RefusalBudget } from './refusal-budget.ts'
import type { UsedNonces } from './used-nonces.ts'

/** A statement of which at least one record is permitted, decided and durably logged. */
export interface AdmittedStatement extends CheckedStatement {
  readonly decisions: readonly RecordDecision[]
  readonly staleMs: DecisionHead['staleMs']
}

/** Checks, decides, logs, in that order; only what comes back ok may be served. */
export type AdmitStatement = (
  signed: SignedDisclosure,
  leg: DisclosureLeg,
  actor: Uint8Array,
) => Promise<Result<AdmittedStatement>>

interface AdmissionParts {
  readonly audit: Audit
  readonly eraser: Pick<Eraser, 'ready'>
  readonly declaredInHalt: DeclaredInHalt
}

export const createAdmission =
  (
    ports: PrivacyPorts,
    { audit, eraser, declaredInHalt }: AdmissionParts,
    nonces: UsedNonces,
    refusals: RefusalBudget = createRefusalBudget(),
  ): AdmitStatement =>
  async (signed, leg, actor) => {
    const checked = checkStatement(signed, leg, actor, ports)
    if (!checked.ok) return checked
    const { statement } = checked.value
    if (refusals.isSpent(actor, ports.clock.wallMs())) return refuseRequest('request.busy')
    const ready = audit.isReady()
    if (!ready.ok) return ready
    const erased = await eraser.ready()
    if (!erased.ok) return erased
    const head = await headFor(ports, statement, declaredInHalt)
    if (!head.ok) return head
    const fresh = nonces.take(statement, leg, ports.clock.wallMs())
    if (!fresh.ok) return fresh
    const decisions = decideRecords(head.value, ports.clock.wallMs(), statement)
    const logged = await logDisclosure(audit, checked.value, leg, decisions, head.value, ports.clock.wallMs())
    if (!logged.ok) return logged
    const isPermitted = decisions.some(({ decision }) => decision.outcome === 'permit')
    if (isPermitted) return ok({ ...checked.value, decisions, staleMs: head.value.staleMs })
    refusals.spend(actor, ports.clock.wallMs())
    const refusal = decisions[0]?.decision
    return refusal
      ? { ok: false, code: refusal.code, message: refusal.rule }
      : refuseDisclosure('disclosure.malformed')
  }
