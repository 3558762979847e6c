import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { shredFile } from '../keystore/index.ts'

/** Every file below a folder, keys before what they open; nothing when there is no such folder. */
const filesBelow = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    },
  )
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
  const isKeys = (file: string): boolean => file.endsWith('.keys')
  return [...files.filter(isKeys), ...files.filter((file) => !isKeys(file))]
}

/**
 * Overwrites and removes everything in the vault of a stopped node: storage keys first, then values, outboxes and
 * uploads. Answers how many files there were; may be repeated after a crash.
 */
export const destroyVault = async (folder: string): Promise<number> => {
  const files = await filesBelow(folder)
  for (const file of files) await shredFile(file)
  await rm(folder, { recursive: true, force: true })
  return files.length
}
