import { blob, decode, encode, struct, uint } from '@medchain/core'
import { type Database, open, type RootDatabase } from 'lmdb'
import { StorageError } from '../storage-error.ts'
import { checkValue, sealValue } from './checked-value.ts'

const META_SIZE_BYTES_MAX = 16 * 1024 * 1024
const CHECKPOINT = 'checkpoint'
const FOLDING = 'folding'

export interface StoredCheckpoint {
  readonly height: number
  readonly meta: Uint8Array
}

const checkpointSchema = struct<StoredCheckpoint>({ height: uint(), meta: blob(META_SIZE_BYTES_MAX) })

/** How far changes have come from the log into the packs. */
export interface Folding {
  /** Buckets that it went through, round after round: it goes on with the one of this number modulo their count. */
  readonly position: number
  /** Buckets that it has to go through, less than a pack has. */
  readonly due: number
}

const foldingSchema = struct<Folding>({ position: uint(), due: uint() })

/** The LMDB environment of a state. */
export interface StateDatabase {
  readonly root: RootDatabase<Buffer, number>
  /** Under the index of their first bucket. */
  readonly packs: Database<Buffer, number>
  /** What each checkpoint changed, under its height, until all of it is in the packs. */
  readonly changes: Database<Buffer, number>
  readonly meta: Database<Buffer, string>
  readonly readCheckpoint: () => StoredCheckpoint | undefined
  /** Within a transaction. */
  readonly putCheckpoint: (checkpoint: StoredCheckpoint) => void
  readonly readFolding: () => Folding
  /** Within a transaction. */
  readonly putFolding: (folding: Folding) => void
  readonly damaged: (what: string) => StorageError
}

export const openStateEnvironment = (folder: string, isReadOnly: boolean): RootDatabase<Buffer, number> => {
  try {
    return open<Buffer, number>({ path: folder, encoding: 'binary', maxDbs: 4, readOnly: isReadOnly })
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unreadable'
    throw new StorageError('storage.state-damaged', `The state in ${folder} cannot be opened: ${reason}.`)
  }
}

export const openStateDatabase = (folder: string, isReadOnly: boolean): StateDatabase => {
  const root = openStateEnvironment(folder, isReadOnly)
  const byNumber = { encoding: 'binary', keyEncoding: 'uint32' } as const
  const meta = root.openDB<Buffer, string>({ name: 'meta', encoding: 'binary' })
  const damaged = (what: string): StorageError =>
    new StorageError(
      'storage.state-damaged',
      `The ${what} of the state in ${folder} is not as it was written.`,
    )
  return {
    root,
    packs: root.openDB<Buffer, number>({ name: 'packs', ...byNumber }),
    changes: root.openDB<Buffer, number>({ name: 'changes', ...byNumber }),
    meta,
    damaged,
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
    readFolding: () => {
      const stored = meta.get(FOLDING)
      if (stored === undefined) return { position: 0, due: 0 }
      const content = checkValue(FOLDING, stored)
      const folding = content && decode(foldingSchema, content)
      if (!folding?.ok) throw damaged(FOLDING)
      return folding.value
    },
    putFolding: (folding) => {
      meta.put(FOLDING, sealValue(FOLDING, encode(foldingSchema, folding)))
    },
  }
}
