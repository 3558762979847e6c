import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createBucketCache } from '../../src/storage/state/bucket-cache.ts'

const bucketOf = (entries: number) =>
  Array.from({ length: entries }, (_, at) => ({ key: Uint8Array.of(at), value: new Uint8Array(8) }))

test('buckets that are asked for stay, and the entries of all have a bound', () => {
  const cache = createBucketCache(100)
  cache.set(0, bucketOf(2))
  for (let index = 1; index <= 200; index++) {
    cache.set(index, bucketOf(2))
    assert.ok(cache.get(0))
  }
  const kept = Array.from({ length: 201 }, (_, index) => cache.get(index)).filter((each) => each)
  assert.ok(kept.length >= 20 && kept.length <= 50)
})

test('what is written anew is what is read', () => {
  const cache = createBucketCache(10)
  cache.set(1, bucketOf(1))
  for (const entries of [3, 0, 4, 2, 5]) {
    cache.set(1, bucketOf(entries))
    assert.is(cache.get(1)?.length, entries)
  }
})

test.run()
