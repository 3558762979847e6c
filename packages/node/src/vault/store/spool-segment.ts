import { constants } from 'node:fs'
import { copyFile, readFile, stat, truncate } from 'node:fs/promises'
import { equalBytes } from '@medchain/core'
import { createFileCache } from './file-cache.ts'
import { createSegment, scanHeads } from './segment.ts'

const TRIES_MAX = 8

const bytesOf = (file: string): Promise<Buffer | undefined> =>
  readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })

/** Cuts off a write that was under way while the file was copied. */
const cutTail = async (folder: string, number: number): Promise<void> => {
  const copy = createSegment(folder, number, undefined)
  const files = createFileCache()
  try {
    const { size } = await stat(copy.valuesFile)
    const { endOffset } = await scanHeads(copy, 0, size, files)
    if (endOffset < size) await truncate(copy.valuesFile, endOffset)
  } finally {
    await files.close()
  }
}

/**
 * Copies one segment of a vault that may be in use: values and the keys that belong to them. An erasure rewrites the
 * keys before it touches the values, so that equal keys before and after mean values that those keys open. False when
 * the segment is gone.
 */
export const spoolSegment = async (folder: string, number: number, to: string): Promise<boolean> => {
  const from = createSegment(folder, number, undefined)
  const copy = createSegment(to, number, undefined)
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const keys = await bytesOf(from.keysFile)
    if (keys === undefined) return false
    const isCopied = await copyFile(from.valuesFile, copy.valuesFile, constants.COPYFILE_FICLONE).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return false
        throw error
      },
    )
    if (!isCopied) return false
    const after = await bytesOf(from.keysFile)
    if (after === undefined || !equalBytes(after, keys)) continue
    await copyFile(from.keysFile, copy.keysFile)
    if (!equalBytes((await bytesOf(copy.keysFile)) ?? new Uint8Array(0), keys)) continue
    await cutTail(to, number)
    return true
  }
  throw new Error(`segment ${number} of the vault never stood still`)
}
