import { appendFileSync, closeSync, ftruncateSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { syncFolder } from '../keystore/index.ts'
import { writeError } from './storage-error.ts'
import { syncData } from './sync-data.ts'

export interface WalFile {
  /** The file as found at the start, undefined when there was none. */
  readonly found: Uint8Array | undefined
  /** Adds bytes, or with `isReset` makes them all there is; durable when it resolves. */
  readonly append: (bytes: Uint8Array, isReset: boolean) => Promise<void>
  /** Drops what lies behind `sizeBytes`; durable when it resolves. */
  readonly cut: (sizeBytes: number) => Promise<void>
  readonly close: () => Promise<void>
}

export const readIfPresent = async (file: string): Promise<Uint8Array | undefined> =>
  readFile(file).then(
    (bytes) => new Uint8Array(bytes),
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    },
  )

/**
 * What this validator signed and saw at the present height. Bytes go to the system at once, which takes microseconds,
 * and a thread waits for the disk: each further turn of the event loop would be waited for by the whole network.
 */
export const openWalFile = async (file: string): Promise<WalFile> => {
  const found = await readIfPresent(file)
  const fd = openSync(file, 'a', 0o600)
  if (found === undefined) await syncFolder(path.dirname(file))
  const durably = async (write: () => void): Promise<void> => {
    try {
      write()
      await syncData(fd)
    } catch (error) {
      throw writeError(file, error)
    }
  }
  return {
    found,
    append: (bytes, isReset) =>
      durably(() => {
        if (isReset) ftruncateSync(fd, 0)
        appendFileSync(fd, bytes)
      }),
    cut: (sizeBytes) => durably(() => ftruncateSync(fd, sizeBytes)),
    close: async () => closeSync(fd),
  }
}
