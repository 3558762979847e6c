import { rm } from 'node:fs/promises'
import path from 'node:path'
import { encodeLastSigned, hexFromBytes } from '@medchain/core'
import type { NodePaths } from '../config/index.ts'
import { syncFolder, writeFileAtomic } from '../keystore/index.ts'
import { storageFiles } from './storage-files.ts'
import { readIfPresent } from './wal-file.ts'

/**
 * The memory of a home whose voting key was made here and never used: nothing was signed, which is what `init` noted
 * beside the key (consensus Q45). Undefined when there is any other memory, no such note, or one of another key.
 */
export const readUnusedMemory = async (
  paths: NodePaths,
  networkId: Uint8Array,
  votingKey: Uint8Array,
): Promise<Uint8Array | undefined> => {
  const files = storageFiles(paths)
  const note = await readIfPresent(paths.unusedKey)
  if (note === undefined || Buffer.from(note).toString().trim() !== hexFromBytes(votingKey)) return undefined
  const wal = await readIfPresent(files.wal)
  const isFirst = (wal?.length ?? 0) === 0 && (await readIfPresent(files.lastSigned)) === undefined
  return isFirst ? encodeLastSigned(networkId, { height: 0, round: 0 }) : undefined
}

/** Turns the note into a last-signed record, and ends it: it is true until the first start only. */
export const takeUnusedKey = async (
  paths: NodePaths,
  networkId: Uint8Array,
  votingKey: Uint8Array,
): Promise<void> => {
  const memory = await readUnusedMemory(paths, networkId, votingKey)
  if (memory !== undefined) await writeFileAtomic(storageFiles(paths).lastSigned, memory)
  await rm(paths.unusedKey, { force: true })
  await syncFolder(path.dirname(paths.unusedKey))
}
