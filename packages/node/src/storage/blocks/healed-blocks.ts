import { readFileSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { syncFolder, writeFileAtomic } from '../../keystore/index.ts'
import { writeError } from '../storage-error.ts'
import { encodeEntry, openEntry, readEntryHead } from './segment-entry.ts'

/** Blocks whose place in a segment is damaged, each in a file of its own: segments are never rewritten. */
export interface HealedBlocks {
  /** The encoded committed block, undefined when none is kept or its file is not as it was written. */
  readonly read: (height: number) => Uint8Array | undefined
  /** Durable when it resolves. */
  readonly write: (height: number, bytes: Uint8Array) => Promise<void>
  readonly removeBelow: (height: number) => Promise<void>
}

export const createHealedBlocks = (blocksFolder: string): HealedBlocks => {
  const folder = path.join(blocksFolder, 'healed')
  const fileOf = (height: number): string => path.join(folder, `${String(height).padStart(12, '0')}.block`)
  const stored = (): Promise<string[]> => readdir(folder).catch(() => [])
  return {
    read: (height) => {
      try {
        const entry = new Uint8Array(readFileSync(fileOf(height)))
        return readEntryHead(entry)?.height === height ? openEntry(entry) : undefined
      } catch {
        return undefined
      }
    },
    write: async (height, bytes) => {
      const file = fileOf(height)
      try {
        if (await mkdir(folder, { recursive: true, mode: 0o700 })) await syncFolder(blocksFolder)
        await writeFileAtomic(file, encodeEntry(height, bytes))
      } catch (error) {
        throw writeError(file, error)
      }
    },
    removeBelow: async (height) => {
      for (const name of await stored()) {
        if (Number.parseInt(name, 10) < height) await rm(path.join(folder, name), { force: true })
      }
    },
  }
}
