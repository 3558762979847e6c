import { closeSync, constants, ftruncateSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { syncFolder } from '../keystore/index.ts'
import { writeError } from './storage-error.ts'
import { writeAt } from './write-at.ts'

export interface WalFile {
  /** The file as found at the start, undefined when there was none. */
  readonly found: Uint8Array | undefined
  /** Writes bytes behind the last ones, or with `isReset` at the beginning; durable when it resolves. */
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

/** The file grows by so much at once, ahead of what it holds. */
const GROWTH_BYTES = 64 * 1024
/** Behind the last frame: no frame begins like that. */
const END_BYTES = 16

/**
 * What this validator signed and saw at the present height. Each height overwrites the one before it; the first that
 * this process writes replaces whatever was found.
 */
export const openWalFile = async (file: string): Promise<WalFile> => {
  const found = await readIfPresent(file)
  const fd = openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600)
  if (found === undefined) await syncFolder(path.dirname(file))
  let sizeBytes = found?.length ?? 0
  let end = sizeBytes
  let isOwn = false

  const cutTo = (length: number): void => {
    ftruncateSync(fd, length)
    sizeBytes = length
    end = length
  }
  const write = (bytes: Uint8Array, offset: number): Promise<void> => {
    end = offset + bytes.length
    const least = end + END_BYTES
    const grownTo = least <= sizeBytes ? least : Math.ceil(least / GROWTH_BYTES) * GROWTH_BYTES
    const padded = new Uint8Array(grownTo - offset)
    padded.set(bytes)
    sizeBytes = Math.max(sizeBytes, grownTo)
    return writeAt(fd, padded, offset)
  }
  const named = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      throw writeError(file, error)
    }
  }
  return {
    found,
    append: (bytes, isReset) =>
      named(async () => {
        if (isReset && !isOwn) cutTo(0)
        isOwn ||= isReset
        await write(bytes, isReset ? 0 : end)
      }),
    cut: (length) =>
      named(async () => {
        cutTo(length)
        await writeAt(fd, new Uint8Array(0), length)
      }),
    close: async () => {
      ftruncateSync(fd, end)
      closeSync(fd)
    },
  }
}
