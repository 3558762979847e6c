import { type Bucket, decodeBucket, encodeBucket, type StateStorePort } from '@medchain/core'
import { closeDatabase, written } from '../written.ts'
import { createBucketCache } from './bucket-cache.ts'
import { openStateDatabase } from './state-database.ts'
import { createViewKeeper, type StateView } from './state-view.ts'

/** An entry is a few hundred bytes with what it was decoded to. */
const CACHED_ENTRIES_MAX = 131_072
/** Buckets encoded between two turns of the event loop. */
const ENCODED_AT_ONCE = 256

export interface StateStore extends StateStorePort {
  /** Writes buckets, height and meta in one transaction; durable when it resolves. */
  readonly write: (height: number, buckets: ReadonlyMap<number, Bucket>, meta: Uint8Array) => Promise<void>
  /** Holds the last checkpoint still; undefined before the first, while one is written or another view is open. */
  readonly openView: () => StateView | undefined
  readonly close: () => Promise<void>
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/**
 * The last checkpoint of the keyed state: buckets under their 16-bit index, each with its hash. A byte that
 * changed is `storage.state-damaged`, naming the bucket; the state can then be rebuilt from the blocks.
 */
export const openStateStore = (folder: string, { isReadOnly = false } = {}): StateStore => {
  const database = openStateDatabase(folder, isReadOnly)
  const { root, buckets, readContent, readCheckpoint } = database
  const cache = createBucketCache(CACHED_ENTRIES_MAX)
  const views = createViewKeeper(database)
  let isWriting = false

  const readBucket = (index: number): Bucket => {
    const known = cache.get(index)
    if (known) return known
    const content = readContent(index)
    if (content === undefined) return []
    const bucket = decodeBucket(content)
    if (!bucket.ok) throw database.damaged(`bucket ${index}`)
    cache.set(index, bucket.value)
    return bucket.value
  }

  const encodeAll = async (
    changed: ReadonlyMap<number, Bucket>,
  ): Promise<Map<number, Buffer | undefined>> => {
    const encoded = new Map<number, Buffer | undefined>()
    for (const [index, bucket] of changed) {
      views.keep(index)
      const isEmpty = bucket.length === 0
      encoded.set(index, isEmpty ? undefined : database.sealContent(index, encodeBucket(bucket)))
      if (encoded.size % ENCODED_AT_ONCE === 0) await nextTurn()
    }
    return encoded
  }

  return {
    readBucket,
    checkpoint: readCheckpoint,
    occupied: () => buckets.getKeys(),
    write: async (height, changed, meta) => {
      isWriting = true
      try {
        const encoded = await encodeAll(changed)
        const putAll = root.transaction(() => {
          for (const [index, value] of encoded) {
            if (value) buckets.put(index, value)
            else buckets.remove(index)
          }
          database.putCheckpoint({ height, meta })
        })
        await written(folder, putAll)
        await written(folder, root.flushed)
      } finally {
        isWriting = false
      }
      for (const [index, bucket] of changed) cache.set(index, bucket)
    },
    openView: () => {
      const checkpoint = isWriting ? undefined : readCheckpoint()
      return checkpoint && views.open(checkpoint)
    },
    close: () => closeDatabase(root),
  }
}
