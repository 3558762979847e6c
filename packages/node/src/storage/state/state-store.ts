import type { Bucket, Change, StateStorePort } from '@medchain/core'
import { closeDatabase, written } from '../written.ts'
import { changeSizeBytes, encodeChanges } from './change-log.ts'
import { type PackWrite, putPacks } from './pack-table.ts'
import { openStateDatabase } from './state-database.ts'
import { createViewKeeper, type StateView } from './state-view.ts'
import { createStoredBuckets, type StoredBuckets } from './stored-buckets.ts'

/** Changes that only the log has, uncompressed: they are in memory too. A checkpoint of as many goes straight into the packs. */
const LOGGED_BYTES_MAX = 16 * 1024 * 1024
/** Buckets compared between two turns of the event loop. */
const BUCKETS_AT_ONCE = 256

export interface StateStore extends StateStorePort {
  /** Writes buckets, height and meta in one transaction; durable when it resolves. */
  readonly write: (height: number, buckets: ReadonlyMap<number, Bucket>, meta: Uint8Array) => Promise<void>
  /** Holds the last checkpoint still; undefined before the first, while one is written or another view is open. */
  readonly openView: () => StateView | undefined
  readonly close: () => Promise<void>
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/**
 * The last checkpoint of the keyed state: packs of buckets, and a log of what changed since each pack was written, so
 * that a checkpoint costs what it changes and not what lies around it. A byte that changed is `storage.state-damaged`,
 * naming the bucket; the state can then be rebuilt from the blocks.
 */
export const openStateStore = (
  folder: string,
  { isReadOnly = false, loggedBytesMax = LOGGED_BYTES_MAX } = {},
): StateStore => {
  const database = openStateDatabase(folder, isReadOnly)
  const { root, changes } = database
  let stored: StoredBuckets | undefined
  const buckets = (): StoredBuckets => {
    stored ??= createStoredBuckets(database)
    return stored
  }
  const views = createViewKeeper({ readContent: (index) => buckets().readContent(index) })
  let isWriting = false

  const takeOver = async (changed: ReadonlyMap<number, Bucket>): Promise<readonly Change[]> => {
    const log: Change[] = []
    let count = 0
    for (const [index, bucket] of changed) {
      views.keep(index)
      log.push(...buckets().change(index, bucket))
      if (++count % BUCKETS_AT_ONCE === 0) await nextTurn()
    }
    return log
  }

  const fold = async (share: number): Promise<readonly PackWrite[]> => {
    const writes: PackWrite[] = []
    for (const some of buckets().fold(share)) {
      writes.push(...some)
      await nextTurn()
    }
    return writes
  }

  return {
    readBucket: (index) => buckets().read(index),
    checkpoint: database.readCheckpoint,
    occupied: () => buckets().occupied(),
    write: async (height, changed, meta) => {
      isWriting = true
      try {
        const log = await takeOver(changed)
        const logBytes = log.reduce((sum, change) => sum + changeSizeBytes(change), 0)
        const { position } = buckets().folding()
        const packs = await fold(Math.min(1, logBytes / loggedBytesMax))
        if (log.length > 0) buckets().addLog(height, position)
        const done = buckets().takeDoneLogs()
        const isLogged = log.length > 0 && !done.includes(height)
        const logged = isLogged ? await encodeChanges({ position, changes: log }) : undefined
        const putAll = root.transaction(() => {
          putPacks(database.packs, packs)
          for (const old of done) changes.remove(old)
          if (logged) changes.put(height, logged)
          database.putFolding(buckets().folding())
          database.putCheckpoint({ height, meta })
        })
        await written(folder, putAll)
        await written(folder, root.flushed)
        buckets().settle()
      } finally {
        isWriting = false
      }
    },
    openView: () => {
      const checkpoint = isWriting ? undefined : database.readCheckpoint()
      return checkpoint && views.open(checkpoint)
    },
    close: () => closeDatabase(root),
  }
}
