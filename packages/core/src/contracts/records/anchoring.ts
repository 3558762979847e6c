import { bytes, decode, list, type Result, struct, uint } from '../../encoding/index.ts'
import { RECORDS_PER_BATCH_MAX, type RecordAnchor, recordAnchorSchema } from './tables.ts'

export interface Anchoring {
  readonly chart: Uint8Array
  /** `batchIdOf` the chart, the author and the nonce. */
  readonly batchId: Uint8Array
  /** 16 random bytes. */
  readonly nonce: Uint8Array
  /** The chart's epoch that the batch is sealed to. */
  readonly epoch: number
  readonly anchors: readonly RecordAnchor[]
}

export const anchoringSchema = struct<Anchoring>({
  chart: bytes(32),
  batchId: bytes(16),
  nonce: bytes(16),
  epoch: uint(),
  anchors: list(recordAnchorSchema, RECORDS_PER_BATCH_MAX),
})

/** A batch of one record, which disputes another of the chart. */
export interface Disputing extends Anchoring {
  /** 18-byte id of the record in dispute. */
  readonly disputed: Uint8Array
}

export const disputingSchema = struct<Disputing>({
  chart: bytes(32),
  batchId: bytes(16),
  nonce: bytes(16),
  epoch: uint(),
  anchors: list(recordAnchorSchema, 1),
  disputed: bytes(18),
})

export const ANCHOR_KIND = 'records.anchor'
export const DISPUTE_KIND = 'records.dispute'

/** What a transaction anchors, and what that disputes, if anything; undefined for one that anchors nothing. */
export const anchoringIn = (body: {
  readonly kind: string
  readonly payload: Uint8Array
}): Result<Anchoring & { readonly disputed?: Uint8Array }> | undefined => {
  if (body.kind === ANCHOR_KIND) return decode(anchoringSchema, body.payload)
  return body.kind === DISPUTE_KIND ? decode(disputingSchema, body.payload) : undefined
}
