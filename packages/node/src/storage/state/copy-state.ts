import { access, mkdir } from 'node:fs/promises'
import path from 'node:path'
import { open } from 'lmdb'
import { StorageError, writeError } from '../storage-error.ts'
import { openStateStore } from './state-store.ts'

/**
 * Copies the last checkpoint of a state that may be in use into an empty folder, as of one instant; its height, undefined
 * when there is no state yet. Throws `storage.state-damaged` or `storage.full`.
 */
export const copyState = async (folder: string, to: string): Promise<number | undefined> => {
  const isThere = await access(path.join(folder, 'data.mdb')).then(
    () => true,
    () => false,
  )
  if (!isThere) return undefined
  await mkdir(to, { recursive: true, mode: 0o700 })
  try {
    const root = open({ path: folder, encoding: 'binary', maxDbs: 4, readOnly: true })
    await root.backup(to, true)
    await root.close()
  } catch (error) {
    const failed = writeError(to, error)
    if (failed.code === 'storage.full') throw failed
    const reason = error instanceof Error ? error.message : 'unreadable'
    throw new StorageError('storage.state-damaged', `The state in ${folder} cannot be copied: ${reason}.`)
  }
  const copy = openStateStore(to, { isReadOnly: true })
  try {
    return copy.checkpoint()?.height ?? 0
  } finally {
    await copy.close()
  }
}
