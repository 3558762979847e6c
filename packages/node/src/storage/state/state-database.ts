import { blob, decode, encode, struct, uint } from '@medchain/core'
import { type Database, open, type RootDatabase } from 'lmdb'
import { StorageError } from '../storage-error.ts'
import { checkValue, sealValue } from './checked-value.ts'

const META_SIZE_BYTES_MAX = 16 * 1024 * 1024
const CHECKPOINT = 'checkpoint'

export interface StoredCheckpoint {
  readonly height: number
  readonly meta: Uint8Array
}

const checkpointSchema = struct<StoredCheckpoint>({ height: uint(), meta: blob(META_SIZE_BYTES_MAX) })

/** The LMDB environment of a state: values under their names, each with its hash. */
export interface StateDatabase {
  readonly root: RootDatabase<Buffer, number>
  readonly buckets: Database<Buffer, number>
  readonly meta: Database<Buffer, string>
  /** As `encodeBucket` wrote it, undefined for an empty one; throws `storage.state-damaged`. */
  readonly readContent: (index: number) => Uint8Array | undefined
  readonly sealContent: (index: number, content: Uint8Array) => Buffer
  readonly readCheckpoint: () => StoredCheckpoint | undefined
  /** Within a transaction. */
  readonly putCheckpoint: (checkpoint: StoredCheckpoint) => void
  readonly damaged: (what: string) => StorageError
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

export const openStateDatabase = (folder: string, isReadOnly: boolean): StateDatabase => {
  const root = openEnvironment(folder, isReadOnly)
  const buckets = root.openDB<Buffer, number>({ name: 'buckets', encoding: 'binary', keyEncoding: 'uint32' })
  const meta = root.openDB<Buffer, string>({ name: 'meta', encoding: 'binary' })
  const damaged = (what: string): StorageError =>
    new StorageError(
      'storage.state-damaged',
      `The ${what} of the state in ${folder} is not as it was written.`,
    )
  return {
    root,
    buckets,
    meta,
    damaged,
    readContent: (index) => {
      const stored = buckets.get(index)
      const content = stored && checkValue(bucketName(index), stored)
      if (stored && !content) throw damaged(bucketName(index))
      return content
    },
    sealContent: (index, content) => sealValue(bucketName(index), content),
    readCheckpoint: () => {
      const stored = meta.get(CHECKPOINT)
      if (stored === undefined) return undefined
      const content = checkValue(CHECKPOINT, stored)
      const value = content && decode(checkpointSchema, content, META_SIZE_BYTES_MAX + 1024)
      if (!value?.ok) throw damaged(CHECKPOINT)
      return value.value
    },
    putCheckpoint: (checkpoint) => {
      meta.put(CHECKPOINT, sealValue(CHECKPOINT, encode(checkpointSchema, checkpoint)))
    },
  }
}
