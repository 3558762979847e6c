import {
  compareBytes,
  encode,
  encodeTransaction,
  type Schema,
  type TransactionBody,
  transactionId,
  transactionMessage,
} from '@medchain/core'
import type { Actor } from './signed-request.ts'

// Block time may lag the wall clock a little; ten minutes ahead of it is the limit.
const EXPIRY_AHEAD_MS = 5 * 60 * 1000
const SALT_BYTES = 16

export interface TransactionPlan<P> {
  readonly networkId: Uint8Array
  /** Account or chart that the transaction is from. */
  readonly sender: Uint8Array
  readonly kind: string
  readonly schema: Schema<P>
  readonly payload: P
  readonly timeMs: number
}

export const createTransactionBody = <P>(plan: TransactionPlan<P>): TransactionBody => ({
  version: 1,
  networkId: plan.networkId,
  sender: plan.sender,
  expiryMs: plan.timeMs + EXPIRY_AHEAD_MS,
  salt: crypto.getRandomValues(new Uint8Array(SALT_BYTES)),
  kind: plan.kind,
  payload: encode(plan.schema, plan.payload),
})

export const signBody = (body: TransactionBody, signer: Pick<Actor, 'sign'>): Uint8Array =>
  signer.sign(transactionMessage(transactionId(body)))

/** The signed bytes of a transaction. */
export const signTransaction = (body: TransactionBody, signers: readonly Actor[]): Uint8Array => {
  const signatures = signers
    .map((signer) => ({ signer: signer.id, signature: signBody(body, signer) }))
    .sort((a, b) => compareBytes(a.signer, b.signer))
  return encodeTransaction({ body, signatures })
}
