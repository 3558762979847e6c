import { readFileSync } from 'node:fs'
import path from 'node:path'
import { writeFileAtomic } from '../../keystore/index.ts'
import { StorageError, writeError } from '../storage-error.ts'

const fileIn = (blocksFolder: string): string => path.join(blocksFolder, 'lowest-height')

/** Height from which on blocks are kept here: 1 unless some were dropped, or the node began with a snapshot. */
export const readLowestHeight = (blocksFolder: string): number => {
  const file = fileIn(blocksFolder)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 1
    throw error
  }
  const height = /^\d{1,15}\n$/.test(text) ? Number(text) : 0
  if (height < 1) throw new StorageError('storage.record-damaged', `${file} holds no height.`)
  return height
}

/** Durable when it resolves. */
export const writeLowestHeight = async (blocksFolder: string, height: number): Promise<void> => {
  const file = fileIn(blocksFolder)
  try {
    await writeFileAtomic(file, Buffer.from(`${height}\n`))
  } catch (error) {
    throw writeError(file, error)
  }
}
