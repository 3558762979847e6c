import { bytes, equalBytes, refuse, struct, uint } from '../../encoding/index.ts'
import { accountIdFromInception, type Inception, inceptionSchema } from '../../identity/account-id.ts'
import type { TransactionKind } from '../contract.ts'
import { accounts } from '../identity/tables.ts'
import { announce, eventOf, isFor, overrule } from './announce.ts'
import { ATTEMPT_LAPSE_MS, currentAttempt, type GuardianProof, isGuardianOf, openRecovery } from './stage.ts'
import { RECOVERY_GUARDIANS_MAX, recoveryAttempts } from './tables.ts'

export interface RecoveryApproving extends GuardianProof {
  readonly recoveryId: Uint8Array
  /** Keys that the guardian was shown, and vouches for. */
  readonly ticket: Inception
}

/**
 * A guardian approves of a recovery for the keys of a ticket (RV3). Enough approvals of one ticket announce it; one more
 * than that, given after a veto, overrules the veto (RV5).
 */
export const approveRecovery: TransactionKind<RecoveryApproving> = {
  kind: 'recovery.approve',
  payload: struct<RecoveryApproving>({
    recoveryId: bytes(32),
    position: uint(RECOVERY_GUARDIANS_MAX),
    salt: bytes(32),
    ticket: inceptionSchema,
  }),
  apply: (view, payload, { sender, timeMs }) => {
    const { recoveryId, position, ticket } = payload
    const recovery = openRecovery(view, recoveryId)
    if (!recovery.ok) return recovery
    const isGuardian =
      view.get(accounts, sender)?.role === 'guardian' && isGuardianOf(recovery.value, payload, sender)
    if (!isGuardian) return refuse('recover.not-guardian', 'The recovery names another guardian there.')
    const attempt = currentAttempt(view, recoveryId, timeMs)
    const ticketId = accountIdFromInception(ticket)
    if (attempt.announcement && !isFor(attempt, ticketId)) {
      return refuse('recover.under-way', 'A recovery is announced already, for other keys.')
    }
    const standing = attempt.approvals.filter(({ timeMs: givenMs }) => timeMs < givenMs + ATTEMPT_LAPSE_MS)
    const before = standing.find((approval) => approval.position === position)
    if (before && equalBytes(before.ticketId, ticketId)) {
      return refuse('recover.approved', 'The guardian approved of these keys already.')
    }
    const others = standing.filter((approval) => approval !== before)
    const approvals = [...others, { position, guardian: sender, ticketId, timeMs }]
    const next = { ...attempt, approvals }
    view.put(recoveryAttempts, next, recoveryId)
    const count = approvals.filter((approval) => equalBytes(approval.ticketId, ticketId)).length
    const { guardianThreshold } = recovery.value
    const { announcement } = attempt
    if (!announcement && count >= guardianThreshold) return announce(view, recoveryId, next, ticket, timeMs)
    const overrules =
      announcement?.vetoedMs !== undefined &&
      announcement.overruledMs === undefined &&
      count > guardianThreshold
    return overrules ? overrule(view, recoveryId, next, timeMs) : eventOf('approved', recoveryId)
  },
}
