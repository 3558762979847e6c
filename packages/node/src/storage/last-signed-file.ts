import { closeSync, openSync } from 'node:fs'
import { writeFileAtomic } from '../keystore/index.ts'
import { writeError } from './storage-error.ts'
import { readIfPresent } from './wal-file.ts'
import { writeAt } from './write-at.ts'

export interface LastSignedFile {
  /** The file as found at the start, undefined when there was none. */
  readonly found: Uint8Array | undefined
  /**
   * Overwrites the record; durable when it resolves. A crash in between may tear it, so that the write-ahead log has
   * to know as much by then.
   */
  readonly replace: (bytes: Uint8Array) => Promise<void>
  readonly close: () => Promise<void>
}

/** The highest height and round that this validator signed in: one record, always of one length. */
export const openLastSignedFile = async (file: string): Promise<LastSignedFile> => {
  const found = await readIfPresent(file)
  let length = found?.length
  let fd = found && openSync(file, 'r+')

  const close = (): void => {
    if (fd !== undefined) closeSync(fd)
    fd = undefined
  }
  const replace = async (bytes: Uint8Array): Promise<void> => {
    if (fd !== undefined && bytes.length === length) {
      await writeAt(fd, bytes, 0)
      return
    }
    close()
    await writeFileAtomic(file, bytes)
    fd = openSync(file, 'r+')
    length = bytes.length
  }
  return {
    found,
    replace: (bytes) =>
      replace(bytes).catch((error: unknown) => {
        throw writeError(file, error)
      }),
    close: async () => close(),
  }
}
