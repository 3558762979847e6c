import {
  BUCKET_COUNT,
  type Bucket,
  bucketIndexOf,
  type Change,
  createRecentMap,
  decodeBucket,
  encodeBucket,
  stateKeyHash,
} from '@medchain/core'
import { decodeChanges } from './change-log.ts'
import { bucketAfter, changesBetween } from './changed-bucket.ts'
import type { PackedBucket } from './pack.ts'
import { createPackTable, type PackTable, type PackWrite } from './pack-table.ts'
import { createPendingChanges, type PendingChanges } from './pending-changes.ts'
import type { Folding, StateDatabase } from './state-database.ts'

/** An entry is a few hundred bytes with what it was decoded to. */
const CACHED_ENTRIES_MAX = 131_072

/** The buckets of the last checkpoint: those of the packs, with what the log of changes has beyond them. */
export interface StoredBuckets {
  readonly read: (index: number) => Bucket
  /** As `encodeBucket` writes it, undefined for an empty one. */
  readonly readContent: (index: number) => Uint8Array | undefined
  readonly occupied: () => Iterable<number>
  /** Takes a bucket over as the next checkpoint has it; gives what is to be logged. */
  readonly change: (index: number, bucket: Bucket) => readonly Change[]
  /** Moves pending changes into the packs, one pack after the other, through another `share` (0 … 1) of all buckets. */
  readonly fold: (share: number) => Generator<readonly PackWrite[], void>
  /** To be noted with what `fold` gave: a restart goes on where it was. */
  readonly folding: () => Folding
  /** What `fold` gave is in the database. */
  readonly settle: () => void
  /** A log was written, when folding was at `position`. */
  readonly addLog: (height: number, position: number) => void
  /** Heights of the logs that no bucket needs any more; they are forgotten here. */
  readonly takeDoneLogs: () => readonly number[]
}

interface Log {
  readonly height: number
  readonly position: number
}

/** Folding came past a bucket since it was at `from`: its pack has what was logged then. */
const isFolded = (index: number, from: number, position: number): boolean => {
  const next = from % BUCKET_COUNT
  const ahead = index < next ? index + BUCKET_COUNT - next : index - next
  return ahead < position - from
}

const loadLogs = ({ changes, damaged }: StateDatabase, position: number, pending: PendingChanges): Log[] => {
  const logs: Log[] = []
  for (const { key: height, value } of changes.getRange()) {
    const logged = decodeChanges(value)
    if (!logged) throw damaged(`log of the changes up to block ${height}`)
    logs.push({ height, position: logged.position })
    for (const change of logged.changes) {
      const hashes = stateKeyHash(change.key)
      const index = bucketIndexOf(hashes)
      if (!isFolded(index, logged.position, position)) pending.add(index, [{ ...change, hashes }])
    }
  }
  return logs
}

export const createStoredBuckets = (database: StateDatabase): StoredBuckets => {
  // An empty bucket takes room, too.
  const cache = createRecentMap<number, Bucket>(CACHED_ENTRIES_MAX, ({ length }) => Math.max(1, length))
  const packs: PackTable = createPackTable(database.packs, database.damaged)
  const pending = createPendingChanges()
  let { position, due } = database.readFolding()
  const logs = loadLogs(database, position, pending)

  const decoded = (index: number, content: Uint8Array | undefined): Bucket => {
    if (content === undefined) return []
    const bucket = decodeBucket(content)
    if (!bucket.ok) throw database.damaged(`bucket ${index}`)
    return bucket.value
  }
  const read = (index: number): Bucket => {
    const known = cache.get(index)
    if (known) return known
    const bucket = bucketAfter(decoded(index, packs.readContent(index)), pending.of(index))
    cache.set(index, bucket)
    return bucket
  }
  /** Reads nothing else from the database: what a pack was read as is valid as long. */
  const foldPack = (first: number, changed: readonly number[]): readonly PackWrite[] => {
    const buckets: PackedBucket[] = []
    const put = (index: number, content?: Uint8Array): void => {
      const bucket = cache.get(index) ?? bucketAfter(decoded(index, content), pending.of(index))
      if (bucket.length > 0) buckets.push({ index, content: encodeBucket(bucket) })
      pending.forget(index)
    }
    let at = 0
    for (const stored of packs.readPack(first)) {
      while (at < changed.length && (changed[at] as number) < stored.index) put(changed[at++] as number)
      if (changed[at] !== stored.index) buckets.push(stored)
      else put(changed[at++] as number, stored.content)
    }
    while (at < changed.length) put(changed[at++] as number)
    return packs.replace(first, buckets)
  }

  return {
    read,
    readContent: (index) => {
      if (pending.of(index).length === 0) return packs.readContent(index)
      const bucket = read(index)
      return bucket.length === 0 ? undefined : encodeBucket(bucket)
    },
    occupied: () => {
      const indices = new Set(packs.indices())
      for (const index of pending.indices()) {
        if (read(index).length > 0) indices.add(index)
        else indices.delete(index)
      }
      return indices
    },
    change: (index, bucket) => {
      const changes = changesBetween(read(index), bucket)
      pending.add(index, changes)
      cache.set(index, bucket)
      return changes
    },
    fold: function* (share) {
      due += share * BUCKET_COUNT
      for (;;) {
        const next = position % BUCKET_COUNT
        const [first, end] = packs.rangeOf(next)
        if (due < end - next) return
        due -= end - next
        position += end - next
        const changed = pending.between(first, end)
        if (changed.length > 0) yield foldPack(first, changed)
      }
    },
    folding: () => ({ position, due: Math.round(due) }),
    settle: packs.settle,
    addLog: (height, from) => void logs.push({ height, position: from }),
    takeDoneLogs: () => {
      const needed = logs.findIndex((log) => position - log.position < BUCKET_COUNT)
      return logs.splice(0, needed < 0 ? logs.length : needed).map(({ height }) => height)
    },
  }
}
