import { taggedMessage } from '../../crypto/hash.ts'
import { bytes, equalBytes, ok, optional, refuse, struct } from '../../encoding/index.ts'
import type { TransactionKind } from '../contract.ts'
import { eventOf } from './announce.ts'
import { currentAttempt, openRecovery } from './stage.ts'
import { recoveries } from './tables.ts'

export interface RecoveryClosing {
  readonly recoveryId: Uint8Array
  /** Signature of `recoveryClosingMessage` by the announced ticket's key; needed while a recovery is announced. */
  readonly byTicket: Uint8Array | undefined
}

/** What the ticket of a completed recovery signs. */
export const recoveryClosingMessage = (networkId: Uint8Array, recoveryId: Uint8Array): Uint8Array =>
  taggedMessage('medchain/recovery-closing/1', networkId, recoveryId)

/**
 * Ends a recovery for good: custodians and guardians delete their shares (RV8). While one is announced, whoever was
 * announced has to agree: a thief with the old keys does not end it.
 */
export const closeRecovery: TransactionKind<RecoveryClosing> = {
  kind: 'recovery.close',
  payload: struct<RecoveryClosing>({ recoveryId: bytes(32), byTicket: optional(bytes(64)) }),
  statements: (view, { recoveryId, byTicket }, { networkId, timeMs }) => {
    const { announcement } = currentAttempt(view, recoveryId, timeMs)
    if (!byTicket || !announcement) return ok([])
    const message = recoveryClosingMessage(networkId, recoveryId)
    return ok([{ publicKey: announcement.ticket.signingKey, message, signature: byTicket }])
  },
  apply: (view, { recoveryId, byTicket }, { sender, height, timeMs }) => {
    const recovery = openRecovery(view, recoveryId)
    if (!recovery.ok) return recovery
    if (!equalBytes(sender, recoveryId)) {
      return refuse('recover.not-party', 'Only the recovery’s own key closes it.')
    }
    const { announcement } = currentAttempt(view, recoveryId, timeMs)
    if (announcement && !byTicket) {
      return refuse('recover.under-way', 'A recovery is announced; it can be vetoed, not closed.')
    }
    view.put(recoveries, { ...recovery.value, closedHeight: height }, recoveryId)
    return eventOf('closed', recoveryId)
  },
}
