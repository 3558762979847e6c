import {
  type Bucket,
  type BucketEntry,
  type Change,
  compareBytes,
  equalBytes,
  stateKeyHash,
} from '@medchain/core'

/** A change of one entry in its bucket. */
export interface PlacedChange extends Change {
  readonly keyHash: Uint8Array
  /** What is put there, where it is at hand with its hashes. */
  readonly entry?: BucketEntry
}

const HASH_BYTES = 32

const keyHashOf = ({ key, hashes }: BucketEntry): Uint8Array =>
  hashes?.subarray(0, HASH_BYTES) ?? stateKeyHash(key)

/** Where an entry with this hash is, or would be; few entries are hashed for it. */
const placeOf = (entries: Bucket, keyHash: Uint8Array): number => {
  let [low, high] = [0, entries.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareBytes(keyHashOf(entries[middle] as BucketEntry), keyHash) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** The bucket with changes made to it; no value is hashed. */
export const bucketAfter = (bucket: Bucket, changes: readonly PlacedChange[]): Bucket => {
  if (changes.length === 0) return bucket
  const entries = [...bucket]
  for (const { key, value, keyHash, entry } of changes) {
    const place = placeOf(entries, keyHash)
    const found = entries[place]
    const isThere = found !== undefined && equalBytes(found.key, key)
    entries.splice(place, isThere ? 1 : 0, ...(value === undefined ? [] : [entry ?? { key, value }]))
  }
  return entries
}

const changeTo = (entry: BucketEntry): PlacedChange => ({
  key: entry.key,
  value: entry.value,
  keyHash: keyHashOf(entry),
  entry,
})

const removalOf = (entry: BucketEntry): PlacedChange => ({
  key: entry.key,
  value: undefined,
  keyHash: keyHashOf(entry),
})

/** What makes `after` of `before`. Entries that both have in common are mostly the same objects, which costs nothing. */
export const changesBetween = (before: Bucket, after: Bucket): readonly PlacedChange[] => {
  const changes: PlacedChange[] = []
  let at = 0
  for (const entry of after) {
    if (before[at] === entry) {
      at += 1
      continue
    }
    const place = before.findIndex((known, other) => other >= at && equalBytes(known.key, entry.key))
    if (place < 0) {
      changes.push(changeTo(entry))
      continue
    }
    for (; at < place; at++) changes.push(removalOf(before[at] as BucketEntry))
    if (!equalBytes((before[at++] as BucketEntry).value, entry.value)) changes.push(changeTo(entry))
  }
  for (; at < before.length; at++) changes.push(removalOf(before[at] as BucketEntry))
  return changes
}
