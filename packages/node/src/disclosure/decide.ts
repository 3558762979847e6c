import { type AccessDecision, type DisclosureStatement, decideAccess } from '@medchain/core'
import type { Head } from '../requests/ports.ts'
import { DISCLOSURE_CODES } from './codes.ts'

/** The decision on each record of a statement, in its order. */
export interface RecordDecision {
  readonly recordId: Uint8Array
  readonly decision: AccessDecision
}

/** The patient's own request and an emergency are no purposes that a grant opens. */
const isReserved = ({ purpose }: DisclosureStatement, { basis }: AccessDecision): boolean =>
  basis !== 'owner' && (purpose === 'PATRQT' || purpose === 'BTG')

const decideOne = (
  head: Head,
  wallMs: number,
  statement: DisclosureStatement,
  position: number,
): AccessDecision => {
  const { actor, chart, purpose, recordIds, scopeProofs } = statement
  const recordId = recordIds[position] as Uint8Array
  const question = {
    actor,
    chart,
    recordId,
    purpose,
    mode: 'read' as const,
    scopeProof: scopeProofs[position],
  }
  const atHead = decideAccess(head.view, { ...question, timeMs: head.timeMs })
  if (atHead.outcome === 'deny') return atHead
  if (isReserved(statement, atHead)) {
    return { ...atHead, outcome: 'deny', code: 'consent.purpose', rule: DISCLOSURE_CODES['consent.purpose'] }
  }
  // What the wall clock has ended is over, though no block has said so yet.
  return wallMs > head.timeMs ? decideAccess(head.view, { ...question, timeMs: wallMs }) : atHead
}

/** Decides every record on the head's state, by block time and by the wall clock. */
export const decideRecords = (head: Head, wallMs: number, statement: DisclosureStatement): RecordDecision[] =>
  statement.recordIds.map((recordId, position) => ({
    recordId,
    decision: decideOne(head, wallMs, statement, position),
  }))
