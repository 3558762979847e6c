import {
  type Bucket,
  type BucketEntry,
  type Change,
  compareKeyHashes,
  equalBytes,
  stateKeyHash,
} from '@medchain/core'

/** A change of one entry in its bucket. */
export interface PlacedChange extends Change {
  /** Key hash, and what may stand behind it. */
  readonly hashes: Uint8Array
  /** What is put there, where it is at hand with its hashes. */
  readonly entry?: BucketEntry
}

const hashesOf = ({ key, hashes }: BucketEntry): Uint8Array => hashes ?? stateKeyHash(key)

/** Where an entry with this hash is, or would be; few entries are hashed for it. */
const placeOf = (entries: Bucket, hashes: Uint8Array): number => {
  let [low, high] = [0, entries.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareKeyHashes(hashesOf(entries[middle] as BucketEntry), hashes) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** The bucket with changes made to it; no value is hashed. */
export const bucketAfter = (bucket: Bucket, changes: readonly PlacedChange[]): Bucket => {
  if (changes.length === 0) return bucket
  const entries = [...bucket]
  for (const { key, value, hashes, entry } of changes) {
    const place = placeOf(entries, hashes)
    const found = entries[place]
    const isThere = found !== undefined && equalBytes(found.key, key)
    entries.splice(place, isThere ? 1 : 0, ...(value === undefined ? [] : [entry ?? { key, value }]))
  }
  return entries
}

const changeTo = (entry: BucketEntry): PlacedChange => ({
  key: entry.key,
  value: entry.value,
  hashes: hashesOf(entry),
  entry,
})

const removalOf = (entry: BucketEntry): PlacedChange => ({
  key: entry.key,
  value: undefined,
  hashes: hashesOf(entry),
})

/** Where `bucket` has the entry or another of its key, from `from` on; its length when it has none. */
const placeFrom = (bucket: Bucket, from: number, entry: BucketEntry): number => {
  let place = from
  for (; place < bucket.length; place++) {
    const known = bucket[place] as BucketEntry
    if (known === entry || equalBytes(known.key, entry.key)) break
  }
  return place
}

/** What makes `after` of `before`. Entries that both have in common are mostly the same objects, which costs nothing. */
export const changesBetween = (before: Bucket, after: Bucket): readonly PlacedChange[] => {
  const changes: PlacedChange[] = []
  let at = 0
  for (const entry of after) {
    const place = placeFrom(before, at, entry)
    const known = before[place]
    if (known === undefined || (known !== entry && !equalBytes(known.value, entry.value)))
      changes.push(changeTo(entry))
    if (known === undefined) continue
    for (; at < place; at++) changes.push(removalOf(before[at] as BucketEntry))
    at += 1
  }
  for (; at < before.length; at++) changes.push(removalOf(before[at] as BucketEntry))
  return changes
}
