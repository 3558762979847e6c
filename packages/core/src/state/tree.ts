import { HASH_BYTES } from '../crypto/hash.ts'
import { equalBytes } from '../encoding/index.ts'
import {
  BUCKET_COUNT,
  type Bucket,
  type BucketChange,
  bucketHash,
  bucketIndexOf,
  changeBucket,
  hashEntries,
  stateKeyHash,
} from './bucket.ts'
import { climb, copyHash, type TreeLevel } from './climb.ts'
import type { StateProof } from './proof.ts'
import type { ChangeSet, StateReader } from './view.ts'

/** Where buckets lie; reads are synchronous and see the last checkpoint. */
export interface BucketStore {
  readonly readBucket: (index: number) => Bucket
}

/** The effect of a change set on the tree, computed once and installed when its block is decided. */
export interface StateDelta {
  readonly root: Uint8Array
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

interface Leaf {
  /** Of the bucket. */
  readonly index: number
  readonly hash: Uint8Array
}

const leafOf = (index: number, bucket: Bucket): Leaf => ({ index, hash: bucketHash(hashEntries(bucket)) })

/**
 * The authenticated keyed state: 65,536 buckets by key hash under a binary tree of bucket hashes.
 * `occupied` lists the buckets that hold something when the tree is opened.
 */
export const createStateTree = (store: BucketStore, occupied: Iterable<number>): StateTree => {
  const nodes = new Uint8Array(BUCKET_COUNT * 2 * HASH_BYTES)
  const dirty = new Map<number, Bucket>()
  const nodeAt = (index: number): Uint8Array => nodes.slice(index * HASH_BYTES, (index + 1) * HASH_BYTES)
  const bucketAt = (index: number): Bucket => dirty.get(index) ?? store.readBucket(index)
  const installNodes = (levels: readonly TreeLevel[]): void => {
    for (const { indices, hashes } of levels)
      for (let at = 0; at < indices.length; at++) copyHash(hashes, at, nodes, indices[at] as number)
  }
  const install = ({ buckets, levels }: StateDelta): void => {
    for (const [index, bucket] of buckets) dirty.set(index, bucket)
    installNodes(levels)
  }
  const levelsFrom = (leaves: readonly Leaf[]): readonly TreeLevel[] => {
    const sorted = leaves.toSorted((a, b) => a.index - b.index)
    const hashes = new Uint8Array(sorted.length * HASH_BYTES)
    for (const [at, { hash }] of sorted.entries()) copyHash(hash, 0, hashes, at)
    return climb({ indices: sorted.map(({ index }) => BUCKET_COUNT + index), hashes }, nodes)
  }
  const groupByBucket = (changes: ChangeSet): Map<number, BucketChange[]> => {
    const groups = new Map<number, BucketChange[]>()
    changes.forEach(({ key, value }) => {
      const keyHash = stateKeyHash(key)
      const index = bucketIndexOf(keyHash)
      const group = groups.get(index)
      if (group) group.push({ key, keyHash, value })
      else groups.set(index, [{ key, keyHash, value }])
    })
    return groups
  }
  installNodes(levelsFrom(Array.from(occupied, (index) => leafOf(index, store.readBucket(index)))))

  return {
    read: (key) =>
      bucketAt(bucketIndexOf(stateKeyHash(key))).find((entry) => equalBytes(entry.key, key))?.value,
    root: () => nodeAt(1),
    deltaOf: (changes) => {
      const buckets = new Map<number, Bucket>()
      for (const [index, group] of groupByBucket(changes))
        buckets.set(index, changeBucket(bucketAt(index), group))
      const levels = levelsFrom(Array.from(buckets, ([index, bucket]) => leafOf(index, bucket)))
      return { root: buckets.size > 0 ? (levels.at(-1) as TreeLevel).hashes : nodeAt(1), buckets, levels }
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
