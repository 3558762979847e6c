import { closeSync, openSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { writeError } from './storage-error.ts'
import { syncAll, syncData } from './sync-data.ts'
import { readIfPresent } from './wal-file.ts'

export interface LastSignedFile {
  /** The file as found at the start, undefined when there was none. */
  readonly found: Uint8Array | undefined
  /** Puts what `replace` will be given beside the file, on disk too: the longer part of the work, and it changes nothing. */
  readonly prepare: (bytes: Uint8Array) => Promise<void>
  /** The file is the old one or the new one, whatever happens; durably the new one when it resolves. */
  readonly replace: (bytes: Uint8Array) => Promise<void>
  readonly close: () => Promise<void>
}

/** The highest height and round that this validator signed in. One writer at a time. */
export const openLastSignedFile = async (file: string): Promise<LastSignedFile> => {
  const found = await readIfPresent(file)
  const temporary = `${file}.tmp`
  const folder = openSync(path.dirname(file), 'r')
  let prepared: Uint8Array | undefined

  const prepare = async (bytes: Uint8Array): Promise<void> => {
    prepared = undefined
    const fd = openSync(temporary, 'w', 0o600)
    try {
      writeFileSync(fd, bytes)
      await syncData(fd)
    } finally {
      closeSync(fd)
    }
    prepared = bytes
  }
  const named = async (work: () => Promise<void>): Promise<void> =>
    work().catch((error: unknown) => {
      throw writeError(file, error)
    })

  return {
    found,
    prepare: (bytes) => named(() => prepare(bytes)),
    replace: (bytes) =>
      named(async () => {
        if (prepared !== bytes) await prepare(bytes)
        prepared = undefined
        renameSync(temporary, file)
        await syncAll(folder)
      }),
    close: async () => closeSync(folder),
  }
}
