import { hashTagged, taggedMessage } from '../crypto/hash.ts'
import {
  blob,
  bytes,
  compareBytes,
  decodeView,
  encode,
  exactly,
  firstMember,
  list,
  type Result,
  refuse,
  struct,
  text,
  uint,
} from '../encoding/index.ts'

export const TRANSACTION_SIZE_BYTES_MAX = 512 * 1024
/** How far ahead of block time a transaction may expire. */
export const EXPIRY_AHEAD_MS_MAX = 10 * 60 * 1000

export interface TransactionBody {
  readonly version: number
  readonly networkId: Uint8Array
  /** Account id, 32 bytes. */
  readonly sender: Uint8Array
  /** Block time in ms after which it cannot be included. */
  readonly expiryMs: number
  /** 16 random bytes: two equal intents are two transactions. */
  readonly salt: Uint8Array
  /** `<contract>.<verb>`. */
  readonly kind: string
  /** The kind's own structure, encoded. */
  readonly payload: Uint8Array
}

export interface TransactionSignature {
  readonly signer: Uint8Array
  readonly signature: Uint8Array
}

export interface Transaction {
  readonly body: TransactionBody
  /** In strictly increasing order of signer. */
  readonly signatures: readonly TransactionSignature[]
}

export const transactionBodySchema = struct<TransactionBody>({
  version: exactly(1),
  networkId: bytes(32),
  sender: bytes(32),
  expiryMs: uint(),
  salt: bytes(16),
  kind: text(64),
  payload: blob(TRANSACTION_SIZE_BYTES_MAX),
})

export const transactionSchema = struct<Transaction>({
  body: transactionBodySchema,
  signatures: list(struct<TransactionSignature>({ signer: bytes(32), signature: bytes(64) }), 8),
})

/** Hash without signatures: what replay protection and clients know it by. */
export const transactionId = (body: TransactionBody): Uint8Array =>
  hashTagged('medchain/tx/1', encode(transactionBodySchema, body))

/** The same of an encoded transaction that `decodeTransaction` took: its body stands there in its one form. */
export const transactionIdOf = (transactionBytes: Uint8Array): Uint8Array =>
  hashTagged('medchain/tx/1', firstMember(transactionBytes))

/** Hash of everything: what blocks commit to and caches are keyed by. */
export const wireHash = (transactionBytes: Uint8Array): Uint8Array =>
  hashTagged('medchain/wire/1', transactionBytes)

/** The message that each signer of a transaction signs. */
export const transactionMessage = (txId: Uint8Array): Uint8Array =>
  taggedMessage('medchain/tx-signature/1', txId)

export const encodeTransaction = (transaction: Transaction): Uint8Array =>
  encode(transactionSchema, transaction)

/** A well-formed transaction with its signers in canonical order; `encoding.*` or `tx.signers` otherwise. */
export const decodeTransaction = (data: Uint8Array): Result<Transaction> => {
  const decoded = decodeView(transactionSchema, data, TRANSACTION_SIZE_BYTES_MAX)
  if (!decoded.ok) return decoded
  const { signatures } = decoded.value
  const isOrdered = signatures.every(
    (entry, index) =>
      index === 0 || compareBytes((signatures[index - 1] as TransactionSignature).signer, entry.signer) < 0,
  )
  return isOrdered && signatures.length > 0
    ? decoded
    : refuse('tx.signers', 'Signers must be present, distinct and in increasing order.')
}
