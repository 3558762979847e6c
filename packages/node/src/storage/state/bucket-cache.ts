import type { Bucket } from '@medchain/core'

export interface BucketCache {
  get(index: number): Bucket | undefined
  set(index: number, bucket: Bucket): void
}

/** An empty bucket takes room, too. */
const roomOf = (bucket: Bucket): number => Math.max(1, bucket.length)

/**
 * Buckets read or written of late, with about `entriesMax` entries in all, a bucket more or less. Those of two spans are
 * kept: what is asked for in the present one survives the next change, without an order to keep at each reading.
 */
export const createBucketCache = (entriesMax: number): BucketCache => {
  let recent = new Map<number, Bucket>()
  let older = new Map<number, Bucket>()
  let entries = 0

  const keep = (index: number, bucket: Bucket): void => {
    const before = recent.get(index)
    entries += roomOf(bucket) - (before === undefined ? 0 : roomOf(before))
    recent.set(index, bucket)
    if (entries <= entriesMax / 2) return
    older = recent
    recent = new Map()
    entries = 0
  }

  return {
    get: (index) => {
      const known = recent.get(index)
      if (known !== undefined) return known
      const old = older.get(index)
      if (old !== undefined) keep(index, old)
      return old
    },
    set: keep,
  }
}
