import { ZERO_HASH } from '../crypto/hash.ts'
import { compareBytes } from '../encoding/bytes.ts'
import {
  BUCKET_BITS,
  BUCKET_COUNT,
  type Bucket,
  bucketHash,
  bucketIndexOf,
  changeBucket,
  hashEntries,
  stateKeyHash,
} from './bucket.ts'
import { stateNodeHash } from './node-hash.ts'
import type { StateProof } from './proof.ts'
import type { Change, ChangeSet, StateReader } from './view.ts'

/** Where buckets lie; reads are synchronous and see the last checkpoint. */
export interface BucketStore {
  readonly readBucket: (index: number) => Bucket
}

/** The effect of a change set on the tree, computed once and installed when its block is decided. */
export interface StateDelta {
  readonly root: Uint8Array
  readonly buckets: ReadonlyMap<number, Bucket>
  readonly nodes: ReadonlyMap<number, Uint8Array>
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

/** Parents of the changed nodes, level by level up to the root (node 1; the leaves are BUCKET_COUNT + index). */
const climb = (changed: Map<number, Uint8Array>, nodeAt: (index: number) => Uint8Array): void => {
  let level = [...changed.keys()]
  for (let depth = 0; depth < BUCKET_BITS; depth++) {
    const parents = [...new Set(level.map((index) => index >> 1))]
    for (const parent of parents) {
      const left = changed.get(parent * 2) ?? nodeAt(parent * 2)
      const right = changed.get(parent * 2 + 1) ?? nodeAt(parent * 2 + 1)
      changed.set(parent, stateNodeHash(left, right))
    }
    level = parents
  }
}

const groupByBucket = (changes: ChangeSet): Map<number, Change[]> => {
  const groups = new Map<number, Change[]>()
  for (const change of changes.values()) {
    const index = bucketIndexOf(stateKeyHash(change.key))
    const group = groups.get(index)
    if (group) group.push(change)
    else groups.set(index, [change])
  }
  return groups
}

/**
 * The authenticated keyed state: 65,536 buckets by key hash under a binary tree of bucket hashes.
 * `occupied` lists the buckets that hold something when the tree is opened.
 */
export const createStateTree = (store: BucketStore, occupied: Iterable<number>): StateTree => {
  const nodes: (Uint8Array | undefined)[] = new Array(BUCKET_COUNT * 2)
  const dirty = new Map<number, Bucket>()
  const nodeAt = (index: number): Uint8Array => nodes[index] ?? ZERO_HASH
  const bucketAt = (index: number): Bucket => dirty.get(index) ?? store.readBucket(index)
  const install = ({ buckets, nodes: changed }: StateDelta): void => {
    for (const [index, bucket] of buckets) dirty.set(index, bucket)
    for (const [index, hash] of changed) nodes[index] = hash
  }
  const initial = new Map<number, Uint8Array>()
  for (const index of occupied)
    initial.set(BUCKET_COUNT + index, bucketHash(hashEntries(store.readBucket(index))))
  climb(initial, () => ZERO_HASH)
  for (const [index, hash] of initial) nodes[index] = hash

  return {
    read: (key) =>
      bucketAt(bucketIndexOf(stateKeyHash(key))).find((entry) => compareBytes(entry.key, key) === 0)?.value,
    root: () => nodeAt(1),
    deltaOf: (changes) => {
      const buckets = new Map<number, Bucket>()
      const changed = new Map<number, Uint8Array>()
      for (const [index, group] of groupByBucket(changes)) {
        const bucket = changeBucket(bucketAt(index), group)
        buckets.set(index, bucket)
        changed.set(BUCKET_COUNT + index, bucketHash(hashEntries(bucket)))
      }
      climb(changed, nodeAt)
      return { root: changed.get(1) ?? nodeAt(1), buckets, nodes: changed }
    },
    install,
    prove: (key) => {
      const index = bucketIndexOf(stateKeyHash(key))
      const siblings: Uint8Array[] = []
      for (let node = BUCKET_COUNT + index; node > 1; node >>= 1) siblings.push(nodeAt(node ^ 1))
      return { entries: hashEntries(bucketAt(index)), siblings }
    },
    dirtyBuckets: () => new Map(dirty),
    markDurable: (buckets) => {
      for (const [index, bucket] of buckets) if (dirty.get(index) === bucket) dirty.delete(index)
    },
  }
}
