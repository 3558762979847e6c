import { type AccessDecision, type DisclosureStatement, decideAccess } from '@medchain/core'
import type { Head } from '../requests/ports.ts'
import { rememberingView } from './remembering-view.ts'

/** The decision on each record of a statement, in its order. */
export interface RecordDecision {
  readonly recordId: Uint8Array
  readonly decision: AccessDecision
}

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
  // What the wall clock has ended is over, though no block has said so yet.
  return wallMs > head.timeMs ? decideAccess(head.view, { ...question, timeMs: wallMs }) : atHead
}

/** Decides every record on the head's state, by block time and by the wall clock. */
export const decideRecords = (
  given: Head,
  wallMs: number,
  statement: DisclosureStatement,
): RecordDecision[] => {
  const head = { ...given, view: rememberingView(given.view) }
  return statement.recordIds.map((recordId, position) => ({
    recordId,
    decision: decideOne(head, wallMs, statement, position),
  }))
}
