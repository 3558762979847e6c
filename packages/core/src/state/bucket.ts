import { hashTagged, ZERO_HASH } from '../crypto/hash.ts'
import {
  blob,
  compareBytes,
  decode,
  encode,
  equalBytes,
  list,
  type Result,
  struct,
} from '../encoding/index.ts'

export const BUCKET_BITS = 16
export const BUCKET_COUNT = 1 << BUCKET_BITS

export interface BucketEntry {
  readonly key: Uint8Array
  readonly value: Uint8Array
  /** Once they are known: an entry is hashed once, however often its bucket changes around it. */
  hashes?: HashedEntry
}

/** Entries whose key hashes share their first 16 bits, in the order of key hash. */
export type Bucket = readonly BucketEntry[]

/** What a proof shows of an entry. */
export interface HashedEntry {
  readonly keyHash: Uint8Array
  readonly valueHash: Uint8Array
}

export const stateKeyHash = (key: Uint8Array): Uint8Array => hashTagged('medchain/state-key/1', key)
export const stateValueHash = (value: Uint8Array): Uint8Array => hashTagged('medchain/state-value/1', value)

export const bucketIndexOf = (keyHash: Uint8Array): number =>
  ((keyHash[0] as number) << 8) | (keyHash[1] as number)

const hashEntry = (entry: BucketEntry): HashedEntry => {
  entry.hashes ??= { keyHash: stateKeyHash(entry.key), valueHash: stateValueHash(entry.value) }
  return entry.hashes
}

export const hashEntries = (bucket: Bucket): HashedEntry[] => bucket.map(hashEntry)

/** Hash of a bucket; an empty one is all zeros. */
export const bucketHash = (entries: readonly HashedEntry[]): Uint8Array =>
  entries.length === 0
    ? ZERO_HASH
    : hashTagged(
        'medchain/state-bucket/1',
        ...entries.flatMap(({ keyHash, valueHash }) => [keyHash, valueHash]),
      )

export interface BucketChange {
  readonly key: Uint8Array
  readonly keyHash: Uint8Array
  /** Undefined removes the key. */
  readonly value: Uint8Array | undefined
}

const entryAfter = ({ key, keyHash, value }: BucketChange): BucketEntry[] => {
  if (value === undefined) return []
  return [{ key, value, hashes: { keyHash, valueHash: stateValueHash(value) } }]
}

/** The bucket after the changes that fall into it. */
export const changeBucket = (bucket: Bucket, changes: readonly BucketChange[]): Bucket => {
  const entries = [...bucket]
  for (const change of changes) {
    const isBelow = (entry: BucketEntry): boolean =>
      compareBytes(hashEntry(entry).keyHash, change.keyHash) < 0
    let place = 0
    while (place < entries.length && isBelow(entries[place] as BucketEntry)) place++
    const found = entries[place]
    const isThere = found !== undefined && equalBytes(found.key, change.key)
    entries.splice(place, isThere ? 1 : 0, ...entryAfter(change))
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
