import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { bytesFromText, equalBytes } from '@medchain/core'
import { nodeCiphers, writeFileAtomic } from '../../keystore/index.ts'

const NAME = 'master.check'
const LABEL = bytesFromText('medchain/vault-master-check/1')

/** Whether the vault's mark is that of this master key; undefined before the first start left one. */
export const checkMasterKey = async (folder: string, masterKey: Uint8Array): Promise<boolean | undefined> => {
  const found = await readFile(path.join(folder, NAME)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  return found && equalBytes(found, nodeCiphers.hmacSha256(masterKey, LABEL))
}

/** Leaves the mark that a later start compares its master key with. */
export const markMasterKey = (folder: string, masterKey: Uint8Array): Promise<void> =>
  writeFileAtomic(path.join(folder, NAME), nodeCiphers.hmacSha256(masterKey, LABEL))
