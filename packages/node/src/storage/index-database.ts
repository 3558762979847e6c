import { type Database, open, type RootDatabase } from 'lmdb'
import { StorageError } from './storage-error.ts'

/** Places of blocks, and heights of transactions. */
export const openIndex = (folder: string): RootDatabase<Buffer, string> => {
  try {
    return open<Buffer, string>({ path: folder, encoding: 'binary', maxDbs: 4 })
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unreadable'
    throw new StorageError('storage.index-damaged', `The index in ${folder} cannot be opened: ${reason}.`)
  }
}

/** Heights under the beginning of a transaction's id. */
export const openTransactionHeights = (root: RootDatabase<Buffer, string>): Database<Buffer, Uint8Array> =>
  root.openDB<Buffer, Uint8Array>({ name: 'heights', encoding: 'binary', keyEncoding: 'binary' })
