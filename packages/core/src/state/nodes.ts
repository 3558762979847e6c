import { createFixedHasher, HASH_BYTES } from '../crypto/hash.ts'

/** Children of a node of the state tree. */
export const NODE_CHILDREN = 4

/**
 * Nodes that lie equally deep in the state tree, in increasing order of index, and their hashes in a row. Node 0 is
 * the root, the children of node n are 4n + 1 to 4n + 4.
 */
export interface TreeLevel {
  readonly indices: readonly number[]
  readonly hashes: HashRow
}

/** Hashes in a row, as bytes and as words of the same memory: copying them by words is four times as fast. */
export interface HashRow {
  readonly bytes: Uint8Array
  readonly words: Uint32Array
}

const HASH_WORDS = HASH_BYTES / Uint32Array.BYTES_PER_ELEMENT

/** `bytes` begin where a word does. */
const rowOn = (bytes: Uint8Array): HashRow => ({
  bytes,
  words: new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / Uint32Array.BYTES_PER_ELEMENT),
})

export const createHashRow = (hashes: number): HashRow => rowOn(new Uint8Array(hashes * HASH_BYTES))

export const hashAt = ({ bytes }: HashRow, place: number): Uint8Array =>
  bytes.slice(place * HASH_BYTES, (place + 1) * HASH_BYTES)

export const parentOf = (node: number): number => (node - 1) >> 2
export const firstChildOf = (node: number): number => 4 * node + 1

/** One hash from its place in a row of them to a place in another row. */
export const copyHash = (from: HashRow, fromPlace: number, to: HashRow, toPlace: number): void => {
  const source = fromPlace * HASH_WORDS
  const target = toPlace * HASH_WORDS
  for (let word = 0; word < HASH_WORDS; word++) to.words[target + word] = from.words[source + word] as number
}

const { content, digestInto } = createFixedHasher('medchain/state-node/1', NODE_CHILDREN * HASH_BYTES)
const children = rowOn(content)

/** The hash of the node whose children's hashes stand in `children`; above four empty ones it is empty, too (S1). */
const writeNode = ({ bytes }: HashRow, place: number): void => {
  const { words } = children
  let word = 0
  while (word < words.length && words[word] === 0) word++
  const at = place * HASH_BYTES
  if (word < words.length) digestInto(bytes, at)
  else bytes.fill(0, at, at + HASH_BYTES)
}

/** The hash of a node from those of its four children. */
export const nodeHash = (hashes: readonly Uint8Array[]): Uint8Array => {
  for (let place = 0; place < NODE_CHILDREN; place++)
    content.set(hashes[place] as Uint8Array, place * HASH_BYTES)
  const hash = createHashRow(1)
  writeNode(hash, 0)
  return hash.bytes
}

const parentsOf = ({ indices, hashes }: TreeLevel, nodes: HashRow): TreeLevel => {
  const parents: number[] = []
  const above = createHashRow(indices.length)
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
  return { indices: parents, hashes: rowOn(above.bytes.subarray(0, parents.length * HASH_BYTES)) }
}

/** The changed nodes and all above them, level by level up to the root; `nodes` has the hashes of the others by index. */
export const climb = (changed: TreeLevel, nodes: HashRow): readonly TreeLevel[] => {
  const levels = [changed]
  for (let level = changed; level.indices.length > 0 && level.indices[0] !== 0; ) {
    level = parentsOf(level, nodes)
    levels.push(level)
  }
  return levels
}
