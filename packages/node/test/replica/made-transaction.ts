import { randomBytes } from 'node:crypto'
import { encodeTransaction, type TransactionBody, transactionId } from '@medchain/core'

/** A well-formed transaction that no state would let in. */
export const makeTransaction = (): { readonly bytes: Uint8Array; readonly txId: Uint8Array } => {
  const sender = new Uint8Array(32).fill(5)
  const body: TransactionBody = {
    version: 1,
    networkId: new Uint8Array(32),
    sender,
    expiryMs: 1,
    salt: new Uint8Array(randomBytes(16)),
    kind: 'made.up',
    payload: new Uint8Array(0),
  }
  const signatures = [{ signer: sender, signature: new Uint8Array(64) }]
  return { bytes: encodeTransaction({ body, signatures }), txId: transactionId(body) }
}
