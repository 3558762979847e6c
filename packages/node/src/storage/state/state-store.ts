import {
  type Bucket,
  blob,
  decode,
  decodeBucket,
  encode,
  encodeBucket,
  type StateStorePort,
  struct,
  uint,
} from '@medchain/core'
import { open, type RootDatabase } from 'lmdb'
import { StorageError, writeError } from '../storage-error.ts'
import { createBucketCache } from './bucket-cache.ts'
import { checkValue, sealValue } from './checked-value.ts'

const CACHED_BUCKETS_MAX = 4096
/** Buckets encoded between two turns of the event loop. */
const ENCODED_AT_ONCE = 256
const META_SIZE_BYTES_MAX = 16 * 1024 * 1024
const CHECKPOINT = 'checkpoint'

interface StoredCheckpoint {
  readonly height: number
  readonly meta: Uint8Array
}

const checkpointSchema = struct<StoredCheckpoint>({ height: uint(), meta: blob(META_SIZE_BYTES_MAX) })

export interface StateStore extends StateStorePort {
  /** Writes buckets, height and meta in one transaction; durable when it resolves. */
  readonly write: (height: number, buckets: ReadonlyMap<number, Bucket>, meta: Uint8Array) => Promise<void>
  readonly close: () => Promise<void>
}

const bucketName = (index: number): string => `bucket ${index}`

const openEnvironment = (folder: string, isReadOnly: boolean): RootDatabase<Buffer, number> => {
  try {
    return open<Buffer, number>({ path: folder, encoding: 'binary', maxDbs: 4, readOnly: isReadOnly })
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unreadable'
    throw new StorageError('storage.state-damaged', `The state in ${folder} cannot be opened: ${reason}.`)
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/**
 * The last checkpoint of the keyed state: buckets under their 16-bit index, each with its hash. A byte that
 * changed is `storage.state-damaged`, naming the bucket; the state can then be rebuilt from the blocks.
 */
export const openStateStore = (folder: string, { isReadOnly = false } = {}): StateStore => {
  const root = openEnvironment(folder, isReadOnly)
  const buckets = root.openDB<Buffer, number>({ name: 'buckets', encoding: 'binary', keyEncoding: 'uint32' })
  const meta = root.openDB<Buffer, string>({ name: 'meta', encoding: 'binary' })
  const cache = createBucketCache(CACHED_BUCKETS_MAX)

  const damaged = (what: string): StorageError =>
    new StorageError(
      'storage.state-damaged',
      `The ${what} of the state in ${folder} is not as it was written.`,
    )

  const readBucket = (index: number): Bucket => {
    const known = cache.get(index)
    if (known) return known
    const stored = buckets.get(index)
    if (stored === undefined) return []
    const content = checkValue(bucketName(index), stored)
    const bucket = content && decodeBucket(content)
    if (!bucket?.ok) throw damaged(bucketName(index))
    cache.set(index, bucket.value)
    return bucket.value
  }

  const encodeAll = async (
    changed: ReadonlyMap<number, Bucket>,
  ): Promise<Map<number, Buffer | undefined>> => {
    const encoded = new Map<number, Buffer | undefined>()
    for (const [index, bucket] of changed) {
      const isEmpty = bucket.length === 0
      encoded.set(index, isEmpty ? undefined : sealValue(bucketName(index), encodeBucket(bucket)))
      if (encoded.size % ENCODED_AT_ONCE === 0) await nextTurn()
    }
    return encoded
  }

  return {
    readBucket,
    checkpoint: () => {
      const stored = meta.get(CHECKPOINT)
      if (stored === undefined) return undefined
      const content = checkValue(CHECKPOINT, stored)
      const value = content && decode(checkpointSchema, content, META_SIZE_BYTES_MAX + 1024)
      if (!value?.ok) throw damaged(CHECKPOINT)
      return value.value
    },
    occupied: () => buckets.getKeys(),
    write: async (height, changed, metaBytes) => {
      const encoded = await encodeAll(changed)
      try {
        await root.transaction(() => {
          for (const [index, value] of encoded) {
            if (value) buckets.put(index, value)
            else buckets.remove(index)
          }
          meta.put(CHECKPOINT, sealValue(CHECKPOINT, encode(checkpointSchema, { height, meta: metaBytes })))
        })
        await root.flushed
      } catch (error) {
        throw writeError(folder, error)
      }
      for (const [index, bucket] of changed) cache.set(index, bucket)
    },
    close: () => root.close(),
  }
}
