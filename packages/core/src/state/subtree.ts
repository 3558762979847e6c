import { assertInvariant } from '../encoding/result.ts'
import { BUCKET_COUNT } from './bucket.ts'
import { NODE_CHILDREN, nodeHash } from './nodes.ts'

/** The state comes in as many pieces as its tree has nodes at depth 4: each is all that lies below one of them. */
export const CHUNK_COUNT = 256
export const BUCKETS_A_CHUNK: number = BUCKET_COUNT / CHUNK_COUNT

/** The node above 4ⁿ nodes that stand side by side: a chunk's from its bucket hashes, the root from all chunks'. */
export const subtreeHash = (hashes: readonly Uint8Array[]): Uint8Array => {
  let level = hashes
  while (level.length > 1) {
    assertInvariant(level.length % NODE_CHILDREN === 0, 'a subtree stands on a power of four')
    const below = level
    level = Array.from({ length: below.length / NODE_CHILDREN }, (_, index) =>
      nodeHash(below.slice(index * NODE_CHILDREN, (index + 1) * NODE_CHILDREN)),
    )
  }
  return level[0] as Uint8Array
}
