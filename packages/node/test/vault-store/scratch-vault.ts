import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { unwrap } from '@medchain/core'
import {
  openVaultStore,
  type VaultDamage,
  type VaultOptions,
  type VaultStore,
} from '../../src/vault/store/index.ts'

export const masterKey = new Uint8Array(32).fill(9)

/** A folder of its own for one test, removed afterwards. */
export const inFolder = (body: (folder: string) => Promise<void>) => async (): Promise<void> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'medchain-vault-'))
  try {
    await body(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export const openVault = async (folder: string, options: Partial<VaultOptions> = {}): Promise<VaultStore> =>
  unwrap(await openVaultStore({ folder, masterKey, ...options }))

export const keyOf = (number: number): Uint8Array => {
  const key = Buffer.alloc(18)
  key.writeUInt32BE(number, 14)
  return new Uint8Array(key)
}

export const contentFor = (number: number, sizeBytes = 500): Uint8Array =>
  new Uint8Array(Buffer.alloc(sizeBytes, `value ${number};`))

export const envelopes = (from: number, to: number, sizeBytes?: number) =>
  Array.from({ length: to - from }, (_, index) => ({
    kind: 'envelope' as const,
    key: keyOf(from + index),
    value: contentFor(from + index, sizeBytes),
  }))

export const damagesOf = async (vault: VaultStore): Promise<VaultDamage[]> => {
  const damages: VaultDamage[] = []
  for await (const damage of vault.verifyAll()) damages.push(damage)
  return damages
}

/** The files of a vault whose name ends so, in order. */
export const filesOf = async (folder: string, ending: string): Promise<string[]> => {
  const names = await readdir(folder, { recursive: true })
  return names
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => path.join(folder, name))
}

export const flipByte = async (file: string, at: number): Promise<void> => {
  const bytes = await readFile(file)
  bytes[at] = (bytes[at] as number) ^ 0x40
  await writeFile(file, bytes)
}

/** Every byte that the vault has on disk. */
export const everyByte = async (folder: string): Promise<Buffer> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return Buffer.concat(
    await Promise.all(files.map((file) => readFile(path.join(file.parentPath, file.name)))),
  )
}

export async function* randomPieces(pieces: number, sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < pieces; index++) yield new Uint8Array(randomBytes(sizeBytes))
}
