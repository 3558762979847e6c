import { decodeLastSigned, decodeWal } from '@medchain/core'
import type { StorageFiles } from '../storage-files.ts'
import { readIfPresent } from '../wal-file.ts'
import type { Finding } from './finding.ts'

/** The write-ahead log and the guard against signing twice; a torn last frame is what a crash leaves. */
export async function* examineVotes(files: StorageFiles, networkId: Uint8Array): AsyncGenerator<Finding> {
  const wal = await readIfPresent(files.wal)
  const decoded = wal && decodeWal(wal, networkId)
  if (decoded && !decoded.ok) yield { code: decoded.code, where: files.wal, message: decoded.message }
  const lastSigned = await readIfPresent(files.lastSigned)
  if (lastSigned && decodeLastSigned(lastSigned, networkId) === undefined) {
    const message = 'The record of what this validator signed last is not as it was written.'
    yield { code: 'storage.last-signed-damaged', where: files.lastSigned, message }
  }
}
