import { hashTagged, ZERO_HASH } from '../crypto/hash.ts'
import { blob, compareBytes, decode, encode, list, type Result, struct } from '../encoding/index.ts'

export const BUCKET_BITS = 16
export const BUCKET_COUNT = 1 << BUCKET_BITS

export interface BucketEntry {
  readonly key: Uint8Array
  readonly value: Uint8Array
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

/** An entry is hashed once, however often its bucket changes around it. */
const hashes = new WeakMap<BucketEntry, HashedEntry>()

const hashEntry = (entry: BucketEntry): HashedEntry => {
  const known = hashes.get(entry)
  if (known) return known
  const hashed = { keyHash: stateKeyHash(entry.key), valueHash: stateValueHash(entry.value) }
  hashes.set(entry, hashed)
  return hashed
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

/** The bucket after the changes that fall into it. */
export const changeBucket = (
  bucket: Bucket,
  changes: readonly { readonly key: Uint8Array; readonly value: Uint8Array | undefined }[],
): Bucket => {
  const entries = bucket.filter(
    (entry) => !changes.some((change) => compareBytes(change.key, entry.key) === 0),
  )
  for (const { key, value } of changes) if (value !== undefined) entries.push({ key, value })
  return entries.sort((a, b) => compareBytes(hashEntry(a).keyHash, hashEntry(b).keyHash))
}

/** Whoever writes more is stopped at once, not when the checkpoint is written that nobody could read. */
export const STATE_VALUE_SIZE_BYTES_MAX: number = 64 * 1024

const entrySchema = struct<BucketEntry>({ key: blob(1024), value: blob(STATE_VALUE_SIZE_BYTES_MAX) })
const bucketSchema = list(entrySchema, 1 << 20)

export const encodeBucket = (bucket: Bucket): Uint8Array => encode(bucketSchema, bucket)
export const decodeBucket = (data: Uint8Array): Result<Bucket> => decode(bucketSchema, data, 64 * 1024 * 1024)
