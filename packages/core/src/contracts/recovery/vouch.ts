import { bytes, equalBytes, refuse, struct } from '../../encoding/index.ts'
import { accountIdFromInception, type Inception, inceptionSchema } from '../../identity/account-id.ts'
import type { TransactionKind } from '../contract.ts'
import { activeInstitution } from '../identity/enrol.ts'
import { announce, isFor, overrule } from './announce.ts'
import { currentAttempt, openRecovery } from './stage.ts'

export interface RecoveryVouching {
  readonly recoveryId: Uint8Array
  readonly ticket: Inception
}

/**
 * The sponsor has proven who the person is (RV4): this announces a recovery that has no guardians, and overrules the veto
 * of any (RV5). Where there are guardians, it announces nothing.
 */
export const vouchForRecovery: TransactionKind<RecoveryVouching> = {
  kind: 'recovery.vouch',
  payload: struct<RecoveryVouching>({ recoveryId: bytes(32), ticket: inceptionSchema }),
  apply: (view, { recoveryId, ticket }, { sender, timeMs }) => {
    const recovery = openRecovery(view, recoveryId)
    if (!recovery.ok) return recovery
    if (!equalBytes(recovery.value.sponsor, sender) || !activeInstitution(view, sender)) {
      return refuse('recover.not-sponsor', 'Only the sponsor of a recovery vouches for the person.')
    }
    const attempt = currentAttempt(view, recoveryId, timeMs)
    const { announcement } = attempt
    if (!announcement) {
      return recovery.value.guardians.length === 0
        ? announce(view, recoveryId, attempt, ticket, timeMs)
        : refuse('recover.guardians-first', 'The guardians announce this recovery.')
    }
    if (!isFor(attempt, accountIdFromInception(ticket))) {
      return refuse('recover.under-way', 'A recovery is announced already, for other keys.')
    }
    return announcement.vetoedMs !== undefined && announcement.overruledMs === undefined
      ? overrule(view, recoveryId, attempt, timeMs)
      : refuse('recover.not-vetoed', 'No veto stands that the sponsor could overrule.')
  },
}
