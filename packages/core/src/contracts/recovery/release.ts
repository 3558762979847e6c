import { bytes, equalBytes, refuse, struct } from '../../encoding/index.ts'
import type { TransactionKind } from '../contract.ts'
import { eventOf } from './announce.ts'
import { currentAttempt, mayRelease, openRecovery } from './stage.ts'
import { recoveryAttempts } from './tables.ts'

export interface RecoveryRelease {
  readonly recoveryId: Uint8Array
  readonly ticketId: Uint8Array
}

/** A custodian notes that it gives its share to the holder of the ticket, before it does (RV6). */
export const releaseShare: TransactionKind<RecoveryRelease> = {
  kind: 'recovery.release',
  payload: struct<RecoveryRelease>({ recoveryId: bytes(32), ticketId: bytes(32) }),
  apply: (view, { recoveryId, ticketId }, { sender, timeMs }) => {
    const recovery = openRecovery(view, recoveryId)
    if (!recovery.ok) return recovery
    if (!recovery.value.custodians.some(({ institution }) => equalBytes(institution, sender))) {
      return refuse('recover.not-custodian', 'The sender keeps no share of this recovery.')
    }
    const attempt = currentAttempt(view, recoveryId, timeMs)
    const may = mayRelease(recovery.value, attempt, ticketId, timeMs)
    if (!may.ok) return may
    if (attempt.releases.some((id) => equalBytes(id, sender))) {
      return refuse('recover.released', 'The custodian’s release stands on the chain already.')
    }
    view.put(recoveryAttempts, { ...attempt, releases: [...attempt.releases, sender] }, recoveryId)
    return eventOf('released', recoveryId)
  },
}
