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

// Ten minutes ahead of block time is the limit, and block time may lag the wall clock a little.
const EXPIRY_AHEAD_MS = 4 * 60 * 1000
// Drawn anew for each: equal times would show which transactions one command made.
const EXPIRY_SPREAD_MS = 4 * 60 * 1000
const SALT_BYTES = 16

const expiryOf = (timeMs: number): number => {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1))
  return timeMs + EXPIRY_AHEAD_MS + (random % EXPIRY_SPREAD_MS)
}

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
  expiryMs: expiryOf(plan.timeMs),
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
