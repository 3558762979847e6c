import {
  encode,
  encodeTransaction,
  type TransactionKind,
  transactionId,
  transactionMessage,
} from '@medchain/core'
import type { NodeServices } from '../api/index.ts'
import { nodeCiphers } from '../keystore/index.ts'

/** It is made anew while its reason lasts. */
const EXPIRY_MS = 60_000

export type Speaker = Pick<NodeServices, 'ledger' | 'networkId' | 'institution' | 'signer' | 'clock'>

/** A transaction of this node's institution, signed with its key. */
export const ownTransaction = <T>(
  { ledger, networkId, institution, signer, clock }: Speaker,
  { kind, payload: schema }: Pick<TransactionKind<T>, 'kind' | 'payload'>,
  payload: T,
): Uint8Array => {
  const body = {
    version: 1,
    networkId,
    sender: institution,
    expiryMs: Math.max(ledger.status().headTimeMs, clock.wallMs()) + EXPIRY_MS,
    salt: nodeCiphers.randomBytes(16),
    kind,
    payload: encode(schema, payload),
  }
  const signature = signer.sign(transactionMessage(transactionId(body)))
  return encodeTransaction({ body, signatures: [{ signer: institution, signature }] })
}
