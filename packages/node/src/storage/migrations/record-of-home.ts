import { writeFileAtomic } from '../../keystore/index.ts'
import { firstRecordFile } from '../store-record.ts'
import type { Migration } from './migration.ts'

/**
 * Format 2 has its record beside the folders that it speaks of, so that it stays when blocks are put aside or replaced by
 * a snapshot, and bears chains whose lowest blocks were dropped. What stands in the old place makes a program of format 1
 * refuse.
 */
export const recordOfHome: Migration = {
  from: 1,
  does: 'the record of the store moves from node/blocks/network.json to node/store.json',
  run: (paths, { networkId }) =>
    writeFileAtomic(
      firstRecordFile(paths),
      Buffer.from(`${JSON.stringify({ schemaVersion: 2, networkId })}\n`),
    ),
}
