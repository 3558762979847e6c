import { createFixedHasher, HASH_BYTES } from '../crypto/hash.ts'

/**
 * Nodes that lie equally deep in the state tree, in increasing order of index, and their hashes in a row. Node 1 is
 * the root, the children of node n are 2n and 2n + 1.
 */
export interface TreeLevel {
  readonly indices: readonly number[]
  readonly hashes: Uint8Array
}

/** One hash from its place in a row of them to a place in another row; half the price of `set` with a view (measured). */
export const copyHash = (from: Uint8Array, fromPlace: number, to: Uint8Array, toPlace: number): void => {
  const source = fromPlace * HASH_BYTES
  const target = toPlace * HASH_BYTES
  for (let byte = 0; byte < HASH_BYTES; byte++) to[target + byte] = from[source + byte] as number
}

/** A node's two children. */
const { content: pair, digest } = createFixedHasher('medchain/state-node/1', 2 * HASH_BYTES)

const isEmpty = (): boolean => {
  for (let byte = 0; byte < pair.length; byte++) if (pair[byte] !== 0) return false
  return true
}

const parentsOf = ({ indices, hashes }: TreeLevel, nodes: Uint8Array): TreeLevel => {
  const parents: number[] = []
  const above = new Uint8Array(hashes.length)
  for (let at = 0; at < indices.length; at++) {
    const index = indices[at] as number
    const side = index % 2 === 0 ? 0 : 1
    copyHash(hashes, at, pair, side)
    if (side === 0 && indices[at + 1] === index + 1) copyHash(hashes, ++at, pair, 1)
    else copyHash(nodes, index ^ 1, pair, 1 - side)
    if (!isEmpty()) copyHash(digest(), 0, above, parents.length)
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
