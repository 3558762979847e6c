import { type AccessDecision, type DisclosureStatement, decideAccess } from '@medchain/core'
import type { Head } from '../requests/ports.ts'
import type { DecisionHead } from './fresh-head.ts'
import { rememberingView } from './remembering-view.ts'

/** The decision on each record of a statement, in its order; of one for shares, on its chart. */
export interface RecordDecision {
  /** Empty where the statement names no record. */
  readonly recordId: Uint8Array
  readonly decision: AccessDecision
}

type GivenHead = Head & Pick<DecisionHead, 'inHalt'>

const NO_RECORD = new Uint8Array(0)

const decideOne = (
  head: GivenHead,
  wallMs: number,
  statement: DisclosureStatement,
  position: number,
): AccessDecision => {
  const { actor, chart, purpose, recordIds, scopeProofs } = statement
  const recordId = recordIds[position]
  const question = {
    actor,
    chart,
    recordId,
    purpose,
    mode: 'read' as const,
    scopeProof: scopeProofs[position],
    haltedEmergency: head.inHalt,
  }
  const atHead = decideAccess(head.view, { ...question, timeMs: head.timeMs })
  if (atHead.outcome === 'deny') return atHead
  // What the wall clock has ended is over, though no block has said so yet.
  return wallMs > head.timeMs ? decideAccess(head.view, { ...question, timeMs: wallMs }) : atHead
}

const NO_EMERGENCY: AccessDecision = {
  outcome: 'deny',
  code: 'consent.none',
  rule: 'Shares are for emergencies alone.',
  basis: 'none',
  grant: undefined,
}

/** Shares leave on an emergency and on nothing else, the patient's own keys among them (BG7). */
const onShares = (decision: AccessDecision): AccessDecision =>
  decision.outcome === 'permit' && decision.basis !== 'emergency' ? NO_EMERGENCY : decision

/** Decides every record on the head's state, by block time and by the wall clock. */
export const decideRecords = (
  given: GivenHead,
  wallMs: number,
  statement: DisclosureStatement,
): RecordDecision[] => {
  const head = { ...given, view: rememberingView(given.view) }
  if (statement.kind === 'share')
    return [{ recordId: NO_RECORD, decision: onShares(decideOne(head, wallMs, statement, 0)) }]
  return statement.recordIds.map((recordId, position) => ({
    recordId,
    decision: decideOne(head, wallMs, statement, position),
  }))
}
