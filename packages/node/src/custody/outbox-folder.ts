import { mkdir, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { bytesFromHex, hexFromBytes } from '@medchain/core'
import { shredFile, writeFileAtomic } from '../keystore/index.ts'

/** One durable file for each thing that is still to be done. */
export interface OutboxFolder {
  readonly put: (id: Uint8Array, bytes: Uint8Array) => Promise<void>
  readonly get: (id: Uint8Array) => Promise<Uint8Array | undefined>
  readonly list: () => Uint8Array[]
  /** Overwrites it as well: what waits may be erased meanwhile. */
  readonly remove: (id: Uint8Array) => Promise<void>
}

/** What is there is read once: nobody else writes into the folder. */
export const createOutboxFolder = async (folder: string): Promise<OutboxFolder> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const waiting = new Map<string, Uint8Array>()
  for (const name of await readdir(folder)) {
    const id = bytesFromHex(name)
    if (id.ok) waiting.set(name, id.value)
    // What a crash left half written: nobody was told that it is kept.
    else if (name.endsWith('.tmp')) await shredFile(path.join(folder, name))
  }
  return {
    async put(id, bytes) {
      const name = hexFromBytes(id)
      await writeFileAtomic(path.join(folder, name), bytes, { mode: 0o600 })
      waiting.set(name, id.slice())
    },
    async get(id) {
      const name = hexFromBytes(id)
      const bytes = await readFile(path.join(folder, name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error
        waiting.delete(name)
        return undefined
      })
      return bytes && new Uint8Array(bytes)
    },
    list: () => [...waiting.values()],
    async remove(id) {
      const name = hexFromBytes(id)
      await shredFile(path.join(folder, name))
      waiting.delete(name)
    },
  }
}
