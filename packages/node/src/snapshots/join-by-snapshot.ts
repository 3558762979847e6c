import { mkdir, readdir, rm } from 'node:fs/promises'
import { type Genesis, ok, type Result, type SignatureVerifier } from '@medchain/core'
import type { Clock } from '../clock.ts'
import type { NodePaths } from '../config/index.ts'
import type { Logger } from '../logger.ts'
import type { Network } from '../network/index.ts'
import {
  installStaging,
  openStaging,
  stagingFolder,
  takeExclusiveLock,
  writeError,
} from '../storage/index.ts'
import { fetchSnapshot } from './fetch-snapshot.ts'

export interface JoinParts {
  readonly paths: NodePaths
  readonly genesis: Genesis
  readonly verifier: SignatureVerifier
  readonly clock: Clock
  readonly logger: Logger
  /** Closed at the end. */
  readonly network: Network
  readonly connect: () => Promise<Result<void>>
  readonly patienceMs?: number
}

const hasBlocks = async ({ blocks }: NodePaths): Promise<boolean> =>
  (await readdir(blocks).catch(() => [])).some((name) => name.endsWith('.blocks'))

const fetchInto = async (parts: JoinParts): Promise<Result<number>> => {
  const connected = await parts.connect()
  if (!connected.ok) return connected
  try {
    const staging = await openStaging(parts.paths)
    try {
      return await fetchSnapshot({ ...parts, staging, liars: new Set() })
    } finally {
      await staging.close().catch(() => undefined)
    }
  } finally {
    await parts.network.close()
  }
}

/**
 * Gives an empty home the chain of a snapshot that the connected members hand on (consensus Q72, Q73). A home that
 * has a chain keeps it. When nobody has a snapshot the home stays empty, and the node fetches every block. Refuses
 * with `storage.locked` or `network.listen`; throws StorageError.
 */
export const joinBySnapshot = async (parts: JoinParts): Promise<Result<void>> => {
  const { paths, logger } = parts
  await mkdir(paths.data, { recursive: true, mode: 0o700 })
  const lock = await takeExclusiveLock(paths.lock)
  if (!lock.ok) return lock
  try {
    await installStaging(paths)
    if (await hasBlocks(paths)) {
      logger.info('this home has a chain already; no snapshot is fetched')
      await rm(stagingFolder(paths), { recursive: true, force: true })
      return ok(undefined)
    }
    const fetched = await fetchInto(parts)
    if (!fetched.ok && fetched.code !== 'snapshot.unavailable') return fetched
    if (!fetched.ok) {
      logger.warn({ code: fetched.code }, `${fetched.message} All blocks are fetched instead.`)
      return ok(undefined)
    }
    await installStaging(paths)
    logger.info({ height: fetched.value }, 'the snapshot is installed')
    return ok(undefined)
  } catch (error) {
    // What the system says of a disk; anything else is a fault of this program.
    throw error instanceof Error && 'code' in error ? writeError(stagingFolder(paths), error) : error
  } finally {
    lock.value.release()
  }
}
