import { ZERO_HASH } from '../crypto/hash.ts'
import {
  blob,
  compareBytes,
  decode,
  encode,
  equalBytes,
  list,
  ok,
  type Result,
  refuse,
  struct,
  uint,
} from '../encoding/index.ts'
import {
  BUCKET_COUNT,
  type Bucket,
  bucketHash,
  bucketIndexOf,
  decodeBucket,
  type HashedEntry,
  hashEntries,
} from './bucket.ts'
import { BUCKETS_A_CHUNK, subtreeHash } from './subtree.ts'

/** What a chunk may have in bytes: it travels in one answer. */
export const CHUNK_SIZE_BYTES_MAX: number = 20 * 1024 * 1024

/** A bucket that holds something, as `encodeBucket` wrote it. */
export interface EncodedBucket {
  /** 0 … 65,535. */
  readonly index: number
  readonly content: Uint8Array
}

const chunkSchema = list(
  struct<EncodedBucket>({ index: uint(BUCKET_COUNT - 1), content: blob(CHUNK_SIZE_BYTES_MAX) }),
  BUCKETS_A_CHUNK,
)

/** The buckets of one chunk, in increasing order of index, the empty ones left out. */
export const encodeChunk = (buckets: readonly EncodedBucket[]): Uint8Array => encode(chunkSchema, buckets)

/** Hash of chunk `index` from the hashes of its buckets that hold something. */
export const chunkHash = (index: number, bucketHashes: ReadonlyMap<number, Uint8Array>): Uint8Array =>
  subtreeHash(
    Array.from(
      { length: BUCKETS_A_CHUNK },
      (_, place) => bucketHashes.get(index * BUCKETS_A_CHUNK + place) ?? ZERO_HASH,
    ),
  )

const areInPlace = (index: number, entries: readonly HashedEntry[]): boolean =>
  entries.length > 0 &&
  entries.every(
    ({ keyHash }, place) =>
      bucketIndexOf(keyHash) === index &&
      (place === 0 || compareBytes((entries[place - 1] as HashedEntry).keyHash, keyHash) < 0),
  )

const areOrdered = (index: number, buckets: readonly EncodedBucket[]): boolean =>
  buckets.every(
    (bucket, place) =>
      Math.floor(bucket.index / BUCKETS_A_CHUNK) === index &&
      (place === 0 || (buckets[place - 1] as EncodedBucket).index < bucket.index),
  )

const BAD = refuse('snapshot.bad-chunk', 'The piece of the state is not the one that its header commits to.')

/**
 * The buckets of chunk `index` by their index, if they are the ones that `expected` is the hash of;
 * `snapshot.bad-chunk` otherwise.
 */
export const validateChunk = (
  index: number,
  data: Uint8Array,
  expected: Uint8Array,
): Result<ReadonlyMap<number, Bucket>> => {
  const decoded = decode(chunkSchema, data, CHUNK_SIZE_BYTES_MAX)
  if (!decoded.ok || !areOrdered(index, decoded.value)) return BAD
  const buckets = new Map<number, Bucket>()
  const hashes = new Map<number, Uint8Array>()
  for (const each of decoded.value) {
    const bucket = decodeBucket(each.content)
    const entries = bucket.ok ? hashEntries(bucket.value) : []
    if (!bucket.ok || !areInPlace(each.index, entries)) return BAD
    buckets.set(each.index, bucket.value)
    hashes.set(each.index, bucketHash(entries))
  }
  return equalBytes(chunkHash(index, hashes), expected) ? ok(buckets) : BAD
}
