import type { Bucket } from '@medchain/core'

export interface BucketCache {
  get(index: number): Bucket | undefined
  set(index: number, bucket: Bucket): void
}

/** The buckets read last, at most `max` of them. */
export const createBucketCache = (max: number): BucketCache => {
  const buckets = new Map<number, Bucket>()
  return {
    get: (index) => {
      const bucket = buckets.get(index)
      if (bucket) {
        buckets.delete(index)
        buckets.set(index, bucket)
      }
      return bucket
    },
    set: (index, bucket) => {
      buckets.delete(index)
      buckets.set(index, bucket)
      const oldest = buckets.keys().next()
      if (buckets.size > max && !oldest.done) buckets.delete(oldest.value)
    },
  }
}
