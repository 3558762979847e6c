import { bytes, equalBytes, optional, refuse, struct, uint } from '../../encoding/index.ts'
import type { TransactionKind } from '../contract.ts'
import { eventOf } from './announce.ts'
import { currentAttempt, type GuardianProof, isGuardianOf, openRecovery, stageOf } from './stage.ts'
import { RECOVERY_GUARDIANS_MAX, recoveryAttempts } from './tables.ts'

export interface RecoveryVeto {
  readonly recoveryId: Uint8Array
  /** Shows that the sender is a guardian of it; absent for the person, who signs with the recovery's own key. */
  readonly guardian: GuardianProof | undefined
}

/**
 * The one veto of an attempt, by the person's present key or a guardian, while the delay runs (RV5). Approvals given
 * before it do not count any more: whoever overrules it knows of it.
 */
export const vetoRecovery: TransactionKind<RecoveryVeto> = {
  kind: 'recovery.veto',
  payload: struct<RecoveryVeto>({
    recoveryId: bytes(32),
    guardian: optional(struct<GuardianProof>({ position: uint(RECOVERY_GUARDIANS_MAX), salt: bytes(32) })),
  }),
  apply: (view, { recoveryId, guardian }, { sender, timeMs }) => {
    const recovery = openRecovery(view, recoveryId)
    if (!recovery.ok) return recovery
    const mayVeto = guardian ? isGuardianOf(recovery.value, guardian, sender) : equalBytes(sender, recoveryId)
    if (!mayVeto)
      return refuse('recover.not-party', 'Only the person or a guardian of the recovery vetoes it.')
    const attempt = currentAttempt(view, recoveryId, timeMs)
    const { announcement } = attempt
    if (!announcement) return refuse('recover.not-open', 'No recovery is announced.')
    if (announcement.vetoedMs !== undefined) {
      return refuse('recover.vetoed', 'There is one veto, and it was cast.')
    }
    if (stageOf(recovery.value, attempt, timeMs) !== 'waiting') {
      return refuse('recover.too-late', 'The announced delay has passed.')
    }
    const vetoed = { ...announcement, vetoedMs: timeMs }
    view.put(recoveryAttempts, { ...attempt, approvals: [], announcement: vetoed }, recoveryId)
    return eventOf('vetoed', recoveryId)
  },
}
