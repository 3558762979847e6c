import {
  encode,
  encodeTransaction,
  type TransactionKind,
  transactionId,
  transactionMessage,
} from '@medchain/core'
import { nodeCiphers } from '../keystore/index.ts'
import type { PrivacyPorts } from './ports.ts'

/** Soon: it is made anew while its reason lasts. */
const EXPIRY_MS = 60_000

/** A transaction of the node's institution, signed with its key. */
export const institutionTransaction = <T>(
  { chain, self, clock }: Pick<PrivacyPorts, 'chain' | 'self' | 'clock'>,
  { kind, payload: schema }: Pick<TransactionKind<T>, 'kind' | 'payload'>,
  payload: T,
): Uint8Array => {
  const body = {
    version: 1,
    networkId: chain.networkId,
    sender: self.id,
    expiryMs: Math.max(chain.head().timeMs, clock.wallMs()) + EXPIRY_MS,
    salt: nodeCiphers.randomBytes(16),
    kind,
    payload: encode(schema, payload),
  }
  const signature = self.sign(transactionMessage(transactionId(body)))
  return encodeTransaction({ body, signatures: [{ signer: self.id, signature }] })
}
