import { createRecentMap } from '../collections/index.ts'
import { HASH_BYTES } from '../crypto/hash.ts'
import { equalBytes, nameFromBytes } from '../encoding/index.ts'
import {
  BUCKET_COUNT,
  type Bucket,
  type BucketChange,
  bucketChange,
  bucketIndexOf,
  changeBucket,
  hashEntries,
  stateKeyHash,
  writeBucketHash,
} from './bucket.ts'
import {
  climb,
  copyHash,
  createHashRow,
  firstChildOf,
  hashAt,
  NODE_CHILDREN,
  parentOf,
  type TreeLevel,
} from './nodes.ts'
import type { StateProof } from './proof.ts'
import type { ChangeSet, StateReader } from './view.ts'

/** Where buckets lie; reads are synchronous and see the last checkpoint. */
export interface BucketStore {
  readonly readBucket: (index: number) => Bucket
}

/** The effect of a change set on the tree, computed once and installed when its block is decided. */
export interface StateDelta {
  readonly root: Uint8Array
  readonly changes: ChangeSet
  readonly buckets: ReadonlyMap<number, Bucket>
  readonly levels: readonly TreeLevel[]
}

export interface StateTree extends StateReader {
  readonly root: () => Uint8Array
  readonly deltaOf: (changes: ChangeSet) => StateDelta
  readonly install: (delta: StateDelta) => void
  readonly prove: (key: Uint8Array) => StateProof
  /** Buckets changed since the last call that the host made durable. */
  readonly dirtyBuckets: () => ReadonlyMap<number, Bucket>
  /** Forgets those of the given buckets that have not changed again since. */
  readonly markDurable: (buckets: ReadonlyMap<number, Bucket>) => void
}

/** The node of bucket 0; nodes above are those of smaller index. */
const FIRST_LEAF = (BUCKET_COUNT - 1) / (NODE_CHILDREN - 1)
/** Committed values that were read of late: to find one in its bucket takes the time of three hashes. */
const KNOWN_VALUES_MAX = 32_768

const groupByBucket = (changes: ChangeSet): ReadonlyMap<number, BucketChange[]> => {
  const groups = new Map<number, BucketChange[]>()
  for (const { key, value } of changes.values()) {
    const change = bucketChange(key, value)
    const index = bucketIndexOf(change.hashes)
    const group = groups.get(index)
    if (group === undefined) groups.set(index, [change])
    else group.push(change)
  }
  return groups
}

/** The leaves above the buckets of these indices, which `bucketAt` gives. */
const leavesOf = (unordered: Iterable<number>, bucketAt: (index: number) => Bucket): TreeLevel => {
  const places = Uint32Array.from(unordered).sort()
  const hashes = createHashRow(places.length)
  for (let at = 0; at < places.length; at++)
    writeBucketHash(bucketAt(places[at] as number), hashes.bytes, at * HASH_BYTES)
  return { indices: Array.from(places, (place) => FIRST_LEAF + place), hashes }
}

/**
 * The authenticated keyed state: 65,536 buckets by key hash under a tree of bucket hashes with four children a node.
 * `occupied` lists the buckets that hold something when the tree is opened.
 */
export const createStateTree = (store: BucketStore, occupied: Iterable<number>): StateTree => {
  const nodes = createHashRow(FIRST_LEAF + BUCKET_COUNT)
  let dirty = new Map<number, Bucket>()
  /** By the name of the key; null where nothing stands. */
  const known = createRecentMap<string, Uint8Array | null>(KNOWN_VALUES_MAX)
  const bucketAt = (index: number): Bucket => dirty.get(index) ?? store.readBucket(index)
  const installNodes = (levels: readonly TreeLevel[]): void => {
    for (const { indices, hashes } of levels)
      for (let at = 0; at < indices.length; at++) copyHash(hashes, at, nodes, indices[at] as number)
  }
  const siblingsOf = (leaf: number): Uint8Array[] => {
    const siblings: Uint8Array[] = []
    for (let node = leaf; node > 0; node = parentOf(node)) {
      const first = firstChildOf(parentOf(node))
      for (let child = first; child < first + NODE_CHILDREN; child++)
        if (child !== node) siblings.push(hashAt(nodes, child))
    }
    return siblings
  }
  installNodes(climb(leavesOf(occupied, store.readBucket), nodes))

  return {
    read: (key, name = nameFromBytes(key)) => {
      const value = known.get(name)
      if (value !== undefined) return value ?? undefined
      const found = bucketAt(bucketIndexOf(stateKeyHash(key))).find((entry) => equalBytes(entry.key, key))
      known.set(name, found?.value ?? null)
      return found?.value
    },
    root: () => hashAt(nodes, 0),
    deltaOf: (changes) => {
      const buckets = new Map<number, Bucket>()
      for (const [index, group] of groupByBucket(changes))
        buckets.set(index, changeBucket(bucketAt(index), group))
      const levels = climb(
        leavesOf(buckets.keys(), (index) => buckets.get(index) as Bucket),
        nodes,
      )
      const root = buckets.size > 0 ? hashAt((levels.at(-1) as TreeLevel).hashes, 0) : hashAt(nodes, 0)
      return { root, changes, buckets, levels }
    },
    install: ({ changes, buckets, levels }) => {
      for (const [name, { value }] of changes)
        if (known.get(name) !== undefined) known.set(name, value ?? null)
      for (const [index, bucket] of buckets) dirty.set(index, bucket)
      installNodes(levels)
    },
    prove: (key) => {
      const index = bucketIndexOf(stateKeyHash(key))
      return { entries: hashEntries(bucketAt(index)), siblings: siblingsOf(FIRST_LEAF + index) }
    },
    dirtyBuckets: () => new Map(dirty),
    markDurable: (buckets) => {
      const changed = new Map<number, Bucket>()
      for (const [index, bucket] of dirty) if (buckets.get(index) !== bucket) changed.set(index, bucket)
      dirty = changed
    },
  }
}
