import {
  blob,
  bytes,
  decode,
  encode,
  list,
  optional,
  RECORDS_PER_BATCH_MAX,
  type Refusal,
  type Result,
  struct,
  TRANSACTION_SIZE_BYTES_MAX,
  text,
  uint,
  variant,
  word,
} from '@medchain/core'

const MIB = 1024 * 1024
const MESSAGE_BYTES_MAX = 25 * MIB
export const PIECE_BYTES_MAX = MIB
export const BATCHES_PER_QUESTION_MAX = 1000

/** What nodes of the consortium say to each other about private things. */
export type VaultMessage =
  /** A person's own request, passed on unchanged; answered by `answer` or `error`. */
  | { readonly type: 'request'; readonly bytes: Uint8Array }
  | { readonly type: 'answer'; readonly bytes: Uint8Array }
  /** The ciphertext side of a batch, for a ciphertext holder; sizes are those of the ciphertexts. */
  | {
      readonly type: 'store-ciphertexts'
      readonly transaction: Uint8Array
      readonly envelopes: readonly Uint8Array[]
      /** Empty for a ciphertext that was sent in pieces before. */
      readonly ciphertexts: readonly Uint8Array[]
      readonly sizesBytes: readonly number[]
    }
  /** A piece of 1 MiB (the last may be shorter) of a large ciphertext. */
  | {
      readonly type: 'store-piece'
      readonly recordId: Uint8Array
      readonly piece: number
      readonly bytes: Uint8Array
    }
  /** How many pieces of a large ciphertext lie at a holder without a gap; answered by `pieces`. */
  | { readonly type: 'count-pieces'; readonly recordId: Uint8Array }
  | { readonly type: 'pieces'; readonly count: number }
  /** All k2 of a batch, sealed to the release holder that this goes to. */
  | { readonly type: 'store-releases'; readonly transaction: Uint8Array; readonly sealed: Uint8Array }
  /** A signed `envelope.deliver` or `keyring.write` request to keep: the signature is its actor's. */
  | { readonly type: 'store-signed'; readonly bytes: Uint8Array }
  /** A signed `keyring.read` request; answered by `signed`. */
  | { readonly type: 'read-signed'; readonly bytes: Uint8Array }
  | { readonly type: 'signed'; readonly bytes: Uint8Array | undefined }
  /** Asks for what a lost disk, or a former member, leaves missing; answered by `receipt`. */
  | { readonly type: 'ask-healing' }
  /** Which of these batches the other should keep a side of and does not; answered by `batch-ids`. */
  | {
      readonly type: 'lacking'
      readonly side: 'ciphertext' | 'release'
      readonly batchIds: readonly Uint8Array[]
    }
  | { readonly type: 'batch-ids'; readonly batchIds: readonly Uint8Array[] }
  /** The ciphertext side of a batch from another of its holders; nothing where a record is erased. */
  | {
      readonly type: 'heal-ciphertexts'
      readonly batchId: Uint8Array
      readonly envelopes: readonly Uint8Array[]
      /** Empty for a ciphertext that was sent in pieces before. */
      readonly ciphertexts: readonly Uint8Array[]
      readonly sizesBytes: readonly number[]
    }
  /** All k2 of a batch from another of its holders, sealed to this one; zeros where a record is erased. */
  | { readonly type: 'heal-releases'; readonly batchId: Uint8Array; readonly sealed: Uint8Array }
  /** Which names a broker gave erased records; answered by `names`, in the order of the ids. */
  | { readonly type: 'row-names'; readonly grantId: Uint8Array; readonly recordIds: readonly Uint8Array[] }
  | { readonly type: 'names'; readonly names: readonly Uint8Array[] }
  /** A request for access or the answer to one, signed by the institution that sends it on. */
  | { readonly type: 'carry-letter'; readonly bytes: Uint8Array }
  | { readonly type: 'receipt' }
  | { readonly type: 'error'; readonly code: string; readonly message: string }

const batchBlobs = (bytesMax: number) => list(blob(bytesMax), RECORDS_PER_BATCH_MAX)
const transaction = blob(TRANSACTION_SIZE_BYTES_MAX)

const messageSchema = variant<VaultMessage>({
  request: struct({ bytes: blob(MESSAGE_BYTES_MAX) }),
  answer: struct({ bytes: blob(MESSAGE_BYTES_MAX) }),
  'store-ciphertexts': struct({
    transaction,
    envelopes: batchBlobs(64 * 1024),
    ciphertexts: batchBlobs(2 * MIB),
    sizesBytes: list(uint(), RECORDS_PER_BATCH_MAX),
  }),
  'store-piece': struct({ recordId: bytes(18), piece: uint(0xffffffff), bytes: blob(PIECE_BYTES_MAX) }),
  'store-releases': struct({ transaction, sealed: blob(256 * 1024) }),
  'store-signed': struct({ bytes: blob(2 * MIB) }),
  'read-signed': struct({ bytes: blob(64 * 1024) }),
  signed: struct({ bytes: optional(blob(2 * MIB)) }),
  'ask-healing': struct({}),
  lacking: struct({
    side: word(['ciphertext', 'release'] as const),
    batchIds: list(bytes(16), BATCHES_PER_QUESTION_MAX),
  }),
  'batch-ids': struct({ batchIds: list(bytes(16), BATCHES_PER_QUESTION_MAX) }),
  'heal-ciphertexts': struct({
    batchId: bytes(16),
    envelopes: batchBlobs(64 * 1024),
    ciphertexts: batchBlobs(2 * MIB),
    sizesBytes: list(uint(), RECORDS_PER_BATCH_MAX),
  }),
  'heal-releases': struct({ batchId: bytes(16), sealed: blob(256 * 1024) }),
  'row-names': struct({ grantId: bytes(32), recordIds: list(bytes(18), RECORDS_PER_BATCH_MAX) }),
  names: struct({ names: list(bytes(16), RECORDS_PER_BATCH_MAX) }),
  receipt: struct({}),
  error: struct({ code: text(128), message: text(2048) }),
  'count-pieces': struct({ recordId: bytes(18) }),
  pieces: struct({ count: uint(0xffffffff) }),
  'carry-letter': struct({ bytes: blob(64 * 1024) }),
})

export const encodeVaultMessage = (message: VaultMessage): Uint8Array => encode(messageSchema, message)

export const decodeVaultMessage = (data: Uint8Array): Result<VaultMessage> =>
  decode(messageSchema, data, MESSAGE_BYTES_MAX)

export const errorMessageOf = ({ code, message }: Refusal): VaultMessage => ({
  type: 'error',
  code: code.slice(0, 128),
  message: message.slice(0, 2048),
})
