import { mkdir, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { bytesFromHex, hexFromBytes } from '@medchain/core'
import { shredFile, writeFileAtomic } from '../keystore/index.ts'

/** One durable file for each thing that is still to be done. */
export interface OutboxFolder {
  readonly put: (id: Uint8Array, bytes: Uint8Array) => Promise<void>
  readonly get: (id: Uint8Array) => Promise<Uint8Array | undefined>
  readonly list: () => Promise<Uint8Array[]>
  /** Overwrites it as well: what waits may be erased meanwhile. */
  readonly remove: (id: Uint8Array) => Promise<void>
}

export const createOutboxFolder = async (folder: string): Promise<OutboxFolder> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // What a crash left half written: nobody was told that it is kept.
  for (const name of await readdir(folder))
    if (name.endsWith('.tmp')) await shredFile(path.join(folder, name))
  const fileOf = (id: Uint8Array): string => path.join(folder, hexFromBytes(id))
  return {
    put: (id, bytes) => writeFileAtomic(fileOf(id), bytes, { mode: 0o600 }),
    async get(id) {
      const bytes = await readFile(fileOf(id)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      })
      return bytes && new Uint8Array(bytes)
    },
    async list() {
      const names = (await readdir(folder)).map(bytesFromHex)
      return names.flatMap((name) => (name.ok ? [name.value] : []))
    },
    remove: (id) => shredFile(fileOf(id)),
  }
}
