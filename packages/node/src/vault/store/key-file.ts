import { readFile } from 'node:fs/promises'
import { bytesFromText, bytesFromUint, concatBytes } from '@medchain/core'
import { nodeCiphers, writeFileAtomic } from '../../keystore/index.ts'
import { type KeyTree, keyTreeFromBytes } from './key-tree.ts'

// Layout: magic and version (5) ‖ nonce (12) ‖ AES-256-GCM of the encoded tree, magic and version as additional data.
const MAGIC = bytesFromText('MCVK\u0001')
const SEALED_AT = MAGIC.length + 12
const NO_SALT = new Uint8Array(0)

/** The key that a segment's key file lies under, from the node's storage master key (32 bytes). */
const fileKey = (masterKey: Uint8Array, segment: number): Uint8Array => {
  const info = concatBytes(bytesFromText('medchain/vault-key-file/1'), bytesFromUint(segment, 4))
  return nodeCiphers.hkdfSha256(masterKey, NO_SALT, info, 32)
}

/** Writes a segment's storage keys atomically and durably, and overwrites the file that held the old ones. */
export const writeKeyFile = async (
  file: string,
  masterKey: Uint8Array,
  segment: number,
  tree: KeyTree,
): Promise<void> => {
  const nonce = nodeCiphers.randomBytes(12)
  const sealed = nodeCiphers.aesGcmSeal(fileKey(masterKey, segment), nonce, MAGIC, tree.encode())
  await writeFileAtomic(file, concatBytes(MAGIC, nonce, sealed), { mode: 0o600, shred: true })
}

/** The storage keys of a segment; undefined when the file is damaged, missing or under another master key. */
export const readKeyFile = async (
  file: string,
  masterKey: Uint8Array,
  segment: number,
): Promise<KeyTree | undefined> => {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return new Uint8Array(0)
    throw error
  })
  if (bytes.length < SEALED_AT) return undefined
  const nonce = bytes.subarray(MAGIC.length, SEALED_AT)
  const magic = bytes.subarray(0, MAGIC.length)
  const plain = nodeCiphers.aesGcmOpen(fileKey(masterKey, segment), nonce, magic, bytes.subarray(SEALED_AT))
  return plain && keyTreeFromBytes(Buffer.from(plain))
}
