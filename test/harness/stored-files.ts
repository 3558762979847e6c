import { closeSync, openSync, readdirSync, readSync, statSync, writeSync } from 'node:fs'
import path from 'node:path'

/** Every regular file below a folder. */
export const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()

/** Inverts one byte in place. */
export const flipByte = (file: string, offset: number): void => {
  const handle = openSync(file, 'r+')
  const byte = Buffer.alloc(1)
  readSync(handle, byte, 0, 1, offset)
  byte[0] = (byte[0] as number) ^ 0xff
  writeSync(handle, byte, 0, 1, offset)
  closeSync(handle)
}

export const largestOf = (files: readonly string[]): string => {
  const [largest] = [...files].sort((a, b) => statSync(b).size - statSync(a).size)
  if (largest === undefined) throw new Error('no files')
  return largest
}
