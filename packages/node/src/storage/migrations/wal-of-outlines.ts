import { upgradeWal } from '@medchain/core'
import { writeFileAtomic } from '../../keystore/index.ts'
import { storageFiles } from '../storage-files.ts'
import { readIfPresent } from '../wal-file.ts'
import type { Migration } from './migration.ts'

/**
 * Format 3 keeps proposals without the bodies of their blocks. The votes of the height in progress stay what they were:
 * a network whose nodes are all brought up to date at once goes on with them. A log that cannot be read stays as it is,
 * and the start refuses it.
 */
export const walOfOutlines: Migration = {
  from: 2,
  does: 'the write-ahead log keeps proposals without the bodies of their blocks',
  run: async (paths, { networkId }) => {
    const { wal } = storageFiles(paths)
    const found = await readIfPresent(wal)
    const upgraded = found && upgradeWal(found, new Uint8Array(Buffer.from(networkId, 'hex')))
    if (upgraded?.ok && upgraded.value) await writeFileAtomic(wal, upgraded.value)
  },
}
