import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

const OPEN_FILES_MAX = 128

/** Keeps the files used last open for reading. */
export interface FileCache {
  /** Up to `length` bytes at `position`; fewer at the end of the file. */
  readonly read: (file: string, position: number, length: number) => Promise<Buffer>
  readonly forget: (file: string) => Promise<void>
  readonly close: () => Promise<void>
}

export const createFileCache = (): FileCache => {
  const handles = new Map<string, Promise<FileHandle>>()

  const forget = async (file: string): Promise<void> => {
    const handle = handles.get(file)
    handles.delete(file)
    // One that could not be opened told its reader so.
    const opened = await handle?.catch(() => undefined)
    await opened?.close()
  }

  const handleOf = (file: string): Promise<FileHandle> => {
    const known = handles.get(file)
    if (known !== undefined) handles.delete(file)
    const handle = known ?? open(file, constants.O_RDONLY)
    handles.set(file, handle)
    if (known === undefined) handle.catch(() => handles.delete(file))
    // Closing waits for reads under way.
    if (handles.size > OPEN_FILES_MAX) void forget(handles.keys().next().value as string)
    return handle
  }

  return {
    async read(file, position, length) {
      const handle = await handleOf(file)
      const buffer = Buffer.allocUnsafe(length)
      let filled = 0
      while (filled < length) {
        const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled)
        if (bytesRead === 0) break
        filled += bytesRead
      }
      return buffer.subarray(0, filled)
    },
    forget,
    async close() {
      for (const file of [...handles.keys()]) await forget(file)
    },
  }
}
