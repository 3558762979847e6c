import { createFixedHasher, HASH_BYTES } from '../crypto/hash.ts'

/** Children of a node of the state tree. */
export const NODE_CHILDREN = 4

/**
 * Nodes that lie equally deep in the state tree, in increasing order of index, and their hashes in a row. Node 0 is
 * the root, the children of node n are 4n + 1 to 4n + 4.
 */
export interface TreeLevel {
  readonly indices: readonly number[]
  readonly hashes: Uint8Array
}

export const parentOf = (node: number): number => (node - 1) >> 2
export const firstChildOf = (node: number): number => 4 * node + 1

/** One hash from its place in a row of them to a place in another row; half the price of `set` with a view (measured). */
export const copyHash = (from: Uint8Array, fromPlace: number, to: Uint8Array, toPlace: number): void => {
  const source = fromPlace * HASH_BYTES
  const target = toPlace * HASH_BYTES
  for (let byte = 0; byte < HASH_BYTES; byte++) to[target + byte] = from[source + byte] as number
}

const { content: children, digestInto } = createFixedHasher(
  'medchain/state-node/1',
  NODE_CHILDREN * HASH_BYTES,
)

/** The hash of the node whose children's hashes stand in `children`; above four empty ones it is empty, too (S1). */
const writeNode = (row: Uint8Array, place: number): void => {
  let byte = 0
  while (byte < children.length && children[byte] === 0) byte++
  const at = place * HASH_BYTES
  if (byte < children.length) digestInto(row, at)
  else row.fill(0, at, at + HASH_BYTES)
}

/** The hash of a node from those of its four children. */
export const nodeHash = (hashes: readonly Uint8Array[]): Uint8Array => {
  for (let place = 0; place < NODE_CHILDREN; place++)
    copyHash(hashes[place] as Uint8Array, 0, children, place)
  const hash = new Uint8Array(HASH_BYTES)
  writeNode(hash, 0)
  return hash
}

const parentsOf = ({ indices, hashes }: TreeLevel, nodes: Uint8Array): TreeLevel => {
  const parents: number[] = []
  const above = new Uint8Array(hashes.length)
  for (let at = 0; at < indices.length; ) {
    const parent = parentOf(indices[at] as number)
    const first = firstChildOf(parent)
    for (let place = 0; place < NODE_CHILDREN; place++) {
      if (indices[at] === first + place) copyHash(hashes, at++, children, place)
      else copyHash(nodes, first + place, children, place)
    }
    writeNode(above, parents.length)
    parents.push(parent)
  }
  return { indices: parents, hashes: above.subarray(0, parents.length * HASH_BYTES) }
}

/** The changed nodes and all above them, level by level up to the root; `nodes` has the hashes of the others by index. */
export const climb = (changed: TreeLevel, nodes: Uint8Array): readonly TreeLevel[] => {
  const levels = [changed]
  for (let level = changed; level.indices.length > 0 && level.indices[0] !== 0; ) {
    level = parentsOf(level, nodes)
    levels.push(level)
  }
  return levels
}
