import { equalBytes, ok, type Result, refuse } from '../../encoding/index.ts'
import { accountIdFromInception, type Inception } from '../../identity/account-id.ts'
import type { WriteView } from '../../state/view.ts'
import type { ContractEvent } from '../contract.ts'
import { type RecoveryAttempt, recoveryAttempts, recoveryOfTicket } from './tables.ts'

export const eventOf = (kind: string, recoveryId: Uint8Array): Result<readonly ContractEvent[]> =>
  ok([{ kind: `recovery.${kind}`, subjects: [recoveryId] }])

/** Announces the recovery for the keys of a ticket; `recover.ticket` for keys that were used before. */
export const announce = (
  view: WriteView,
  recoveryId: Uint8Array,
  attempt: RecoveryAttempt,
  ticket: Inception,
  timeMs: number,
): Result<readonly ContractEvent[]> => {
  const ticketId = accountIdFromInception(ticket)
  if (view.get(recoveryOfTicket, ticketId)) {
    return refuse('recover.ticket', 'These keys stood for a recovery before; make new ones.')
  }
  const announcement = { ticket, timeMs, vetoedMs: undefined, overruledMs: undefined }
  view.put(recoveryAttempts, { ...attempt, announcement }, recoveryId)
  view.put(recoveryOfTicket, recoveryId, ticketId)
  return eventOf('announced', recoveryId)
}

/** Sets the one veto aside: the delay begins anew. */
export const overrule = (
  view: WriteView,
  recoveryId: Uint8Array,
  attempt: RecoveryAttempt,
  timeMs: number,
): Result<readonly ContractEvent[]> => {
  const announcement = attempt.announcement && { ...attempt.announcement, overruledMs: timeMs }
  view.put(recoveryAttempts, { ...attempt, announcement }, recoveryId)
  return eventOf('overruled', recoveryId)
}

export const isFor = ({ announcement }: RecoveryAttempt, ticketId: Uint8Array): boolean =>
  announcement !== undefined && equalBytes(accountIdFromInception(announcement.ticket), ticketId)
