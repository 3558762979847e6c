import { constants } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import path from 'node:path'

/** Makes the entries of a folder durable: what was created, renamed or removed in it. */
export const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const ZEROS_BYTES = 1024 * 1024

/** Holds on to a file's present content, to be overwritten with zeros once another stands in its place. */
const createShredder = async (file: string): Promise<(() => Promise<void>) | undefined> => {
  const handle = await open(file, 'r+').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (handle === undefined) return undefined
  return async () => {
    try {
      const { size } = await handle.stat()
      for (let at = 0; at < size; at += ZEROS_BYTES) {
        const length = Math.min(ZEROS_BYTES, size - at)
        await handle.write(new Uint8Array(length), 0, length, at)
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
  }
}

/** Overwrites a file with zeros, removes it and makes that durable; nothing when there is none. */
export const shredFile = async (file: string): Promise<void> => {
  const shred = await createShredder(file)
  await shred?.()
  await rm(file, { force: true })
  await syncFolder(path.dirname(file))
}

/**
 * Replaces a file as a whole: temporary file, fsync, rename, fsync of the folder. After a crash the file is
 * the old one or the new one. One writer at a time. With `shred` the old content is overwritten once the new one stands.
 * Throws the file system's error.
 */
export const writeFileAtomic = async (
  file: string,
  bytes: Uint8Array,
  options: { readonly mode?: number; readonly shred?: boolean } = {},
): Promise<void> => {
  const temporary = `${file}.tmp`
  await rm(temporary, { force: true })
  const shredOld = options.shred === true ? await createShredder(file) : undefined
  try {
    const handle = await open(temporary, 'wx', options.mode ?? 0o600)
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(path.dirname(file))
  await shredOld?.()
}
