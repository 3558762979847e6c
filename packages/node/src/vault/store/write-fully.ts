import type { FileHandle } from 'node:fs/promises'

/** Writes all bytes at a position; a full disk first writes less than asked and only then fails. */
export const writeFully = async (handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> => {
  let written = 0
  while (written < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written)
    written += bytesWritten
  }
}
