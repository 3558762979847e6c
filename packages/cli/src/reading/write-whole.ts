import { randomBytes } from 'node:crypto'
import { rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** A name beside a file, for what is not whole yet. */
export const temporaryName = (file: string): string => `${file}.${randomBytes(6).toString('hex')}.part`

/** Writes a file that is there whole or not at all; its absolute path. Only its owner may read it. */
export const writeWhole = async (named: string, content: Uint8Array): Promise<string> => {
  const file = path.resolve(named)
  const part = temporaryName(file)
  try {
    await writeFile(part, content, { mode: 0o600 })
    await rename(part, file)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
  return file
}
