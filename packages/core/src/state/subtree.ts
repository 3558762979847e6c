import { ZERO_HASH } from '../crypto/hash.ts'
import { assertInvariant } from '../encoding/result.ts'
import { BUCKET_COUNT } from './bucket.ts'
import { stateNodeHash } from './node-hash.ts'

/** The state comes in as many pieces as its tree has nodes at depth 8: piece i is all below node 256 + i. */
export const CHUNK_COUNT = 256
export const BUCKETS_A_CHUNK: number = BUCKET_COUNT / CHUNK_COUNT

const isZero = (hash: Uint8Array): boolean => hash.every((byte) => byte === 0)

/** The node above 2ⁿ nodes that stand side by side: a chunk's from its bucket hashes, the root from all chunks'. */
export const subtreeHash = (hashes: readonly Uint8Array[]): Uint8Array => {
  let level = hashes.map((hash) => (isZero(hash) ? ZERO_HASH : hash))
  while (level.length > 1) {
    assertInvariant(level.length % 2 === 0, 'a subtree stands on a power of two')
    const below = level
    level = Array.from({ length: below.length / 2 }, (_, index) =>
      stateNodeHash(below[2 * index] as Uint8Array, below[2 * index + 1] as Uint8Array),
    )
  }
  return level[0] as Uint8Array
}
