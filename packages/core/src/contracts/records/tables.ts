import { hashTagged } from '../../crypto/hash.ts'
import { leafHash, rootFromLeafHashes } from '../../crypto/merkle-log.ts'
import {
  bytes,
  bytesFromUint,
  concatBytes,
  encode,
  equalBytes,
  struct,
  uint,
  uintFromBytes,
} from '../../encoding/index.ts'
import { table } from '../../state/table.ts'
import type { ReadView } from '../../state/view.ts'

export const RECORDS_PER_BATCH_MAX = 1000

/** What the chain keeps of one record, its chart and id aside. */
export interface RecordAnchor {
  readonly commitment: Uint8Array
  readonly ciphertextDigest: Uint8Array
  readonly envelopeDigest: Uint8Array
}

export const recordAnchorSchema = struct<RecordAnchor>({
  commitment: bytes(32),
  ciphertextDigest: bytes(32),
  envelopeDigest: bytes(32),
})

/** Records anchored together; record id = batch id (16 bytes) ‖ position (2 bytes, big-endian). */
export interface Batch {
  readonly chart: Uint8Array
  readonly epoch: number
  /** Account that signed. */
  readonly author: Uint8Array
  /** The author's institution. */
  readonly institution: Uint8Array
  readonly count: number
  readonly height: number
  readonly timeMs: number
  /** RFC 6962 root over the encoded anchors. */
  readonly anchorsRoot: Uint8Array
}

export const batches = table(
  'records.batch',
  struct<Batch>({
    chart: bytes(32),
    epoch: uint(),
    author: bytes(32),
    institution: bytes(32),
    count: uint(RECORDS_PER_BATCH_MAX),
    height: uint(),
    timeMs: uint(),
    anchorsRoot: bytes(32),
  }),
)

/** Batch ids of a chart, by chart and position. */
export const chartBatches = table('records.chart-batch', bytes(16))

/** A holder compares a batch with what is stored and what is anchored: its root is computed once. */
const anchorRoots = new WeakMap<readonly RecordAnchor[], Uint8Array>()

export const anchorsRootOf = (anchors: readonly RecordAnchor[]): Uint8Array => {
  const known = anchorRoots.get(anchors)
  if (known) return known
  const root = rootFromLeafHashes(anchors.map((anchor) => leafHash(encode(recordAnchorSchema, anchor))))
  anchorRoots.set(anchors, root)
  return root
}

export const nextRecordChain = (
  chain: Uint8Array,
  batchId: Uint8Array,
  anchorsRoot: Uint8Array,
): Uint8Array => hashTagged('medchain/record-chain/1', chain, batchId, anchorsRoot)

/**
 * The id of a batch commits to its chart and author, so that nobody else can take it first: 16 bytes of
 * a hash over both and a random nonce of 16 bytes.
 */
export const batchIdOf = (chart: Uint8Array, author: Uint8Array, nonce: Uint8Array): Uint8Array =>
  hashTagged('medchain/batch-id/1', chart, author, nonce).slice(0, 16)

export const recordIdOf = (batchId: Uint8Array, position: number): Uint8Array =>
  concatBytes(batchId, bytesFromUint(position, 2))

/** Batch id and position of an 18-byte record id. */
export const splitRecordId = (
  recordId: Uint8Array,
): { readonly batchId: Uint8Array; readonly position: number } => ({
  batchId: recordId.slice(0, 16),
  position: uintFromBytes(recordId.slice(16)),
})

/** The batch of a record, if the record stands in that chart. */
export const batchOfRecord = (view: ReadView, chart: Uint8Array, recordId: Uint8Array): Batch | undefined => {
  if (recordId.length !== 18) return undefined
  const { batchId, position } = splitRecordId(recordId)
  const batch = view.get(batches, batchId)
  return batch && equalBytes(batch.chart, chart) && position < batch.count ? batch : undefined
}
