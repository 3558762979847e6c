import {
  type AuditEntry,
  bytesFromText,
  concatBytes,
  type DisclosureLeg,
  type DisclosureStatement,
  decode,
  disclosureStatementSchema,
  type Result,
} from '@medchain/core'
import { REQUEST_AGE_MS_MAX } from '../requests/gate.ts'
import { createNonceWindow } from '../requests/nonce-window.ts'
import { refuseDisclosure } from './codes.ts'

const NONCES_MAX = 200_000

/** Nonces of statements by leg; those of the last minutes are found again in the audit log after a restart. */
export interface UsedNonces {
  readonly take: (statement: DisclosureStatement, leg: DisclosureLeg, nowMs: number) => Result<void>
}

export const createUsedNonces = (recent: readonly AuditEntry[], nowMs: number): UsedNonces => {
  const window = createNonceWindow(REQUEST_AGE_MS_MAX * 2, NONCES_MAX)
  const take: UsedNonces['take'] = ({ actor, nonce }, leg, atMs) => {
    const taken = window.take(actor, concatBytes(nonce, bytesFromText(leg)), atMs)
    return taken.ok || taken.code !== 'request.replayed' ? taken : refuseDisclosure('disclosure.replayed')
  }
  for (const { statement, leg } of recent) {
    const decoded = decode(disclosureStatementSchema, statement)
    if (leg !== 'lookup' && decoded.ok) take(decoded.value, leg, nowMs)
  }
  return { take }
}
