import { createFixedHasher, HASH_BYTES } from '../crypto/hash.ts'

/**
 * Nodes that lie equally deep in the state tree, in increasing order of index, and their hashes in a row. Node 1 is
 * the root, the children of node n are 2n and 2n + 1.
 */
export interface TreeLevel {
  readonly indices: readonly number[]
  readonly hashes: Uint8Array
}

const { content, digest } = createFixedHasher('medchain/state-node/1', 2 * HASH_BYTES)

const putChild = (side: 0 | 1, hashes: Uint8Array, place: number): void => {
  const from = place * HASH_BYTES
  const to = side * HASH_BYTES
  // Half the price of `set` with a view of the hash (measured).
  for (let byte = 0; byte < HASH_BYTES; byte++) content[to + byte] = hashes[from + byte] as number
}

const isEmpty = (): boolean => {
  for (let byte = 0; byte < content.length; byte++) if (content[byte] !== 0) return false
  return true
}

const parentsOf = ({ indices, hashes }: TreeLevel, nodes: Uint8Array): TreeLevel => {
  const parents: number[] = []
  const above = new Uint8Array(hashes.length)
  for (let at = 0; at < indices.length; at++) {
    const index = indices[at] as number
    const side = index % 2 === 0 ? 0 : 1
    putChild(side, hashes, at)
    if (side === 0 && indices[at + 1] === index + 1) putChild(1, hashes, ++at)
    else putChild(side === 0 ? 1 : 0, nodes, index ^ 1)
    if (!isEmpty()) above.set(digest(), parents.length * HASH_BYTES)
    parents.push(index >> 1)
  }
  return { indices: parents, hashes: above.subarray(0, parents.length * HASH_BYTES) }
}

/** The changed nodes and all above them, level by level up to the root; `nodes` has the hashes of the others by index. */
export const climb = (changed: TreeLevel, nodes: Uint8Array): readonly TreeLevel[] => {
  const levels = [changed]
  for (let level = changed; level.indices.length > 0 && level.indices[0] !== 1; ) {
    level = parentsOf(level, nodes)
    levels.push(level)
  }
  return levels
}
