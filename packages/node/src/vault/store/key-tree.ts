import { hash } from 'node:crypto'

// A tree of seeds (GGM): each node's seed gives its two children's by hashing, the leaves are the storage keys.
// Forgetting a leaf replaces the seeds above it by the siblings along its path, so that every other key can
// still be derived and that one cannot. A segment that nothing was erased from keeps 32 bytes.
export const TREE_DEPTH = 16
export const LEAVES_MAX = 2 ** TREE_DEPTH
const NODE_BYTES = 36
const LABEL = Buffer.from('medchain/storage-key/1')

const childSeed = (seed: Uint8Array, side: number): Uint8Array =>
  hash('sha256', Buffer.concat([LABEL, Uint8Array.of(side), seed]), 'buffer')

/** Storage keys of one segment by leaf; never changes, forgetting makes another tree. */
export interface KeyTree {
  /** The 32-byte key of a leaf, or undefined when it was forgotten. */
  readonly keyOf: (leaf: number) => Uint8Array | undefined
  readonly has: (leaf: number) => boolean
  readonly without: (leaves: readonly number[]) => KeyTree
  /** u32 node number ‖ 32-byte seed, for each seed that is kept. */
  readonly encode: () => Buffer
}

/** Nodes are numbered as in a heap: the root is 1, the children of n are 2n and 2n + 1. */
const createTree = (seeds: ReadonlyMap<number, Uint8Array>): KeyTree => {
  // The seeds on the way to the last leaf asked for: neighbours share nearly all of it.
  const pathNodes = new Array<number>(TREE_DEPTH + 1).fill(0)
  const pathSeeds = new Array<Uint8Array | undefined>(TREE_DEPTH + 1).fill(undefined)

  const keptDepth = (node: number): number => {
    for (let depth = TREE_DEPTH; depth >= 0; depth--)
      if (seeds.has(node >>> (TREE_DEPTH - depth))) return depth
    return -1
  }

  const keyOf = (leaf: number): Uint8Array | undefined => {
    const node = LEAVES_MAX + leaf
    const kept = keptDepth(node)
    if (kept < 0) return undefined
    let depth = TREE_DEPTH
    while (depth > kept && pathNodes[depth] !== node >>> (TREE_DEPTH - depth)) depth--
    let seed = (depth > kept ? pathSeeds[depth] : seeds.get(node >>> (TREE_DEPTH - depth))) as Uint8Array
    while (depth < TREE_DEPTH) {
      depth++
      const below = node >>> (TREE_DEPTH - depth)
      seed = childSeed(seed, below & 1)
      pathNodes[depth] = below
      pathSeeds[depth] = seed
    }
    return seed
  }

  const without = (leaves: readonly number[]): KeyTree => {
    const rest = new Map(seeds)
    for (const leaf of leaves) {
      const node = LEAVES_MAX + leaf
      let depth = TREE_DEPTH
      while (depth >= 0 && !rest.has(node >>> (TREE_DEPTH - depth))) depth--
      if (depth < 0) continue
      let seed = rest.get(node >>> (TREE_DEPTH - depth)) as Uint8Array
      rest.delete(node >>> (TREE_DEPTH - depth))
      for (depth++; depth <= TREE_DEPTH; depth++) {
        const below = node >>> (TREE_DEPTH - depth)
        rest.set(below ^ 1, childSeed(seed, (below & 1) ^ 1))
        seed = childSeed(seed, below & 1)
      }
    }
    return createTree(rest)
  }

  const encode = (): Buffer => {
    const out = Buffer.alloc(seeds.size * NODE_BYTES)
    let at = 0
    for (const [node, seed] of [...seeds].sort(([a], [b]) => a - b)) {
      out.writeUInt32BE(node, at)
      out.set(seed, at + 4)
      at += NODE_BYTES
    }
    return out
  }

  return { keyOf, has: (leaf) => keptDepth(LEAVES_MAX + leaf) >= 0, without, encode }
}

/** A tree in which every leaf has a key. */
export const keyTreeFromSeed = (seed: Uint8Array): KeyTree => createTree(new Map([[1, seed]]))

/** The tree of `encode`. */
export const keyTreeFromBytes = (bytes: Buffer): KeyTree => {
  const seeds = new Map<number, Uint8Array>()
  for (let at = 0; at + NODE_BYTES <= bytes.length; at += NODE_BYTES) {
    seeds.set(bytes.readUInt32BE(at), new Uint8Array(bytes.subarray(at + 4, at + NODE_BYTES)))
  }
  return createTree(seeds)
}
