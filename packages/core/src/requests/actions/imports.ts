import { blob, bytes, list, optional, struct, uint } from '../../encoding/index.ts'
import { TRANSACTION_SIZE_BYTES_MAX } from '../../ledger/transaction.ts'
import { action, committedSchema, idSchema as id, RECORDS_MAX } from './action.ts'

/** Stands for a record that was imported once and erased: it is not imported again. */
export const ERASED_RECORD_ID: Uint8Array = new Uint8Array(18)

/** Which of these items (hashes of subject and exact bytes) the institution has imported. Actor: its staff. */
export const importKnown = action(
  'import.known',
  struct<{ readonly digests: readonly Uint8Array[] }>({ digests: list(id, 10_000) }),
  list(optional(bytes(18)), 10_000),
)

/** Bytes of a large ciphertext, ahead of the batch that anchors it; offsets follow one another. */
export const importChunk = action(
  'import.chunk',
  struct<{ readonly uploadId: Uint8Array; readonly offset: number; readonly bytes: Uint8Array }>({
    uploadId: bytes(16),
    offset: uint(),
    bytes: blob(4 * 1024 * 1024),
  }),
  struct<{ readonly sizeBytes: number }>({ sizeBytes: uint() }),
)

export interface ImportBatch {
  readonly batchId: Uint8Array
  readonly chart: Uint8Array
  readonly envelopes: readonly Uint8Array[]
  /** One for each record; empty for the one whose bytes were uploaded in chunks. */
  readonly ciphertexts: readonly Uint8Array[]
  readonly uploadId: Uint8Array | undefined
  /** All k2 of the batch, sealed to each release holder. */
  readonly releases: readonly { readonly institution: Uint8Array; readonly sealed: Uint8Array }[]
  /** For the duplicate index: one for each record. */
  readonly digests: readonly Uint8Array[]
  /** The signed `records.anchor` or `records.dispute` transaction. */
  readonly transaction: Uint8Array
}

/** Answers once the chain and one member of each holder set have the batch. Actor: the author, or who disputes. */
export const importBatch = action(
  'import.batch',
  struct<ImportBatch>({
    batchId: bytes(16),
    chart: id,
    envelopes: list(blob(64 * 1024), RECORDS_MAX),
    ciphertexts: list(blob(2 * 1024 * 1024), RECORDS_MAX),
    uploadId: optional(bytes(16)),
    releases: list(struct({ institution: id, sealed: blob(256 * 1024) }), 3),
    digests: list(id, RECORDS_MAX),
    transaction: blob(TRANSACTION_SIZE_BYTES_MAX),
  }),
  committedSchema,
)
