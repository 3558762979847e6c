import { HASH_BYTES, hashTagged, hashTaggedInto, ZERO_HASH } from '../crypto/hash.ts'
import { blob, decode, encode, list, type Result, struct } from '../encoding/index.ts'
import { NODE_CHILDREN } from './nodes.ts'

/** Levels of the tree above the buckets. */
export const BUCKET_DEPTH = 8
export const BUCKET_COUNT: number = NODE_CHILDREN ** BUCKET_DEPTH

export interface BucketEntry {
  readonly key: Uint8Array
  readonly value: Uint8Array
  /** Key hash ‖ value hash, once they are known: an entry is hashed once, however often its bucket changes around it. */
  hashes?: Uint8Array
}

/** Entries whose key hashes share their first 16 bits, in the order of key hash. */
export type Bucket = readonly BucketEntry[]

/** What a proof shows of an entry. */
export interface HashedEntry {
  readonly keyHash: Uint8Array
  readonly valueHash: Uint8Array
}

const KEY_TAG = 'medchain/state-key/1'
const VALUE_TAG = 'medchain/state-value/1'
const BUCKET_TAG = 'medchain/state-bucket/1'

export const stateKeyHash = (key: Uint8Array): Uint8Array => hashTagged(KEY_TAG, key)
export const stateValueHash = (value: Uint8Array): Uint8Array => hashTagged(VALUE_TAG, value)

export const bucketIndexOf = (keyHash: Uint8Array): number =>
  ((keyHash[0] as number) << 8) | (keyHash[1] as number)

const hashesOf = (entry: BucketEntry): Uint8Array => {
  if (entry.hashes === undefined) {
    const hashes = new Uint8Array(2 * HASH_BYTES)
    hashTaggedInto(KEY_TAG, [entry.key], hashes, 0)
    hashTaggedInto(VALUE_TAG, [entry.value], hashes, HASH_BYTES)
    entry.hashes = hashes
  }
  return entry.hashes
}

export const hashEntries = (bucket: Bucket): HashedEntry[] =>
  bucket.map((entry) => {
    const hashes = hashesOf(entry)
    return { keyHash: hashes.slice(0, HASH_BYTES), valueHash: hashes.slice(HASH_BYTES) }
  })

/** Hash of a bucket; an empty one is all zeros. */
export const bucketHash = (entries: readonly HashedEntry[]): Uint8Array =>
  entries.length === 0
    ? ZERO_HASH
    : hashTagged(BUCKET_TAG, ...entries.flatMap(({ keyHash, valueHash }) => [keyHash, valueHash]))

/** `bucketHash` of a bucket's entries, written into `target` from `at` on. */
export const writeBucketHash = (bucket: Bucket, target: Uint8Array, at: number): void => {
  if (bucket.length === 0) target.fill(0, at, at + HASH_BYTES)
  else hashTaggedInto(BUCKET_TAG, bucket.map(hashesOf), target, at)
}

export interface BucketChange {
  readonly key: Uint8Array
  /** Undefined removes the key. */
  readonly value: Uint8Array | undefined
  /** Key hash, and room for the value's. */
  readonly hashes: Uint8Array
}

export const bucketChange = (key: Uint8Array, value: Uint8Array | undefined): BucketChange => {
  const hashes = new Uint8Array(2 * HASH_BYTES)
  hashTaggedInto(KEY_TAG, [key], hashes, 0)
  return { key, value, hashes }
}

/** Which of two stands first, by the key hashes that they begin with. */
export const compareKeyHashes = (a: Uint8Array, b: Uint8Array): number => {
  for (let at = 0; at < HASH_BYTES; at++) {
    const difference = (a[at] as number) - (b[at] as number)
    if (difference !== 0) return difference
  }
  return 0
}

/** The bucket after the changes that fall into it. */
export const changeBucket = (bucket: Bucket, changes: readonly BucketChange[]): Bucket => {
  const entries = [...bucket]
  for (const { key, value, hashes } of changes) {
    let place = 0
    let order = -1
    while (place < entries.length) {
      order = compareKeyHashes(hashesOf(entries[place] as BucketEntry), hashes)
      if (order >= 0) break
      place++
    }
    const replaced = order === 0 && place < entries.length ? 1 : 0
    if (value === undefined) entries.splice(place, replaced)
    else {
      hashTaggedInto(VALUE_TAG, [value], hashes, HASH_BYTES)
      entries.splice(place, replaced, { key, value, hashes })
    }
  }
  return entries
}

/** Whoever writes more is stopped at once, not when the checkpoint is written that nobody could read. */
export const STATE_VALUE_SIZE_BYTES_MAX: number = 64 * 1024

const entrySchema = struct<Pick<BucketEntry, 'key' | 'value'>>({
  key: blob(1024),
  value: blob(STATE_VALUE_SIZE_BYTES_MAX),
})
const bucketSchema = list(entrySchema, 1 << 20)

export const encodeBucket = (bucket: Bucket): Uint8Array => encode(bucketSchema, bucket)
export const decodeBucket = (data: Uint8Array): Result<Bucket> => decode(bucketSchema, data, 64 * 1024 * 1024)
