import { mkdir } from 'node:fs/promises'
import { decodeCommittedBlock, ok, pendingFromBytes, type Result } from '@medchain/core'
import type { NodePaths } from '../config/index.ts'
import type { Logger } from '../logger.ts'
import { createBlockIndex } from './blocks/block-index.ts'
import { type BlockStore, openBlockStore } from './blocks/block-store.ts'
import { takeExclusiveLock } from './exclusive-lock.ts'
import { openIndex, openTransactionHeights } from './index-database.ts'
import { type LastSignedFile, openLastSignedFile } from './last-signed-file.ts'
import { claimStore } from './migrations/migrate-store.ts'
import { installStaging } from './snapshots/install-staging.ts'
import { openSoundState } from './state/open-sound-state.ts'
import type { StateStore } from './state/state-store.ts'
import { StorageError, writeError } from './storage-error.ts'
import { storageFiles } from './storage-files.ts'
import { createTransactionIndex, type TransactionIndex } from './transaction-index.ts'
import { takeUnusedKey } from './unused-key.ts'
import { openWalFile, type WalFile } from './wal-file.ts'
import { closeDatabase, watchFailedCommits } from './written.ts'

/** Everything that the ledger keeps on this machine's disk. */
export interface Storage {
  readonly blocks: BlockStore
  readonly state: StateStore
  readonly transactions: TransactionIndex
  readonly wal: WalFile
  readonly lastSigned: LastSignedFile
  readonly close: () => Promise<void>
}

export interface StorageOptions {
  readonly paths: NodePaths
  readonly networkId: Uint8Array
  /** Public key of the validator's votes, for a first start of its home. */
  readonly votingKey?: Uint8Array
  /** Size from which on a new segment of blocks begins; 64 MiB. */
  readonly segmentSizeBytes?: number
}

const transactionIdsOf = (bytes: Uint8Array | undefined): Uint8Array[] => {
  const block = bytes && decodeCommittedBlock(bytes)
  if (!block?.ok) return []
  const pending = block.value.block.transactions.map(pendingFromBytes)
  return pending.filter((entry) => entry.ok).map((entry) => entry.value.txId)
}

/** Adds the transactions of blocks that the index has not seen; a damaged block is named and passed over. */
const catchUp = async (transactions: TransactionIndex, blocks: BlockStore, logger: Logger): Promise<void> => {
  const first = Math.max(transactions.indexedHeight() + 1, blocks.lowestHeight())
  for (let height = first; height <= blocks.headHeight(); height++) {
    try {
      transactions.add(height, transactionIdsOf(blocks.readBlock(height)))
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      logger.error({ code: error.code, height }, error.message)
    }
    if (height % 64 === 0) await transactions.relieve()
  }
}

type Closers = (() => Promise<void> | void)[]

const closeAll = async (closers: Closers): Promise<void> => {
  const failures: unknown[] = []
  for (const close of closers.splice(0).reverse()) {
    try {
      await close()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}

const openParts = async (
  { paths, networkId, votingKey, segmentSizeBytes }: StorageOptions,
  logger: Logger,
  closers: Closers,
): Promise<Storage> => {
  const files = storageFiles(paths)
  const root = openIndex(files.index)
  closers.push(() => closeDatabase(root))
  const index = createBlockIndex(
    root.openDB<Buffer, number>({ name: 'blocks', encoding: 'binary', keyEncoding: 'uint32' }),
    (error) => logger.error({ reason: String(error) }, 'the block index cannot be written'),
  )
  const blocks = await openBlockStore({
    folder: paths.blocks,
    index,
    ...(segmentSizeBytes !== undefined && { segmentSizeBytes }),
  })
  closers.push(blocks.close)
  const transactions = createTransactionIndex(root, openTransactionHeights(root))
  closers.push(transactions.flush)
  await catchUp(transactions, blocks, logger)
  const place = { folder: paths.state, snapshots: files.snapshots, blocks }
  const state = await openSoundState(place, logger)
  closers.push(state.close)
  if (votingKey) await takeUnusedKey(paths, networkId, votingKey)
  const wal = await openWalFile(files.wal)
  closers.push(wal.close)
  const lastSigned = await openLastSignedFile(files.lastSigned)
  closers.push(lastSigned.close)
  const kept: BlockStore = {
    ...blocks,
    prune: async (height) => {
      // What only memory has of the index could not be read again.
      await transactions.flush()
      return blocks.prune(height)
    },
  }
  return { blocks: kept, state, transactions, wal, lastSigned, close: () => closeAll(closers) }
}

/**
 * Opens the store of a home for this process alone. `storage.*` for what cannot be opened or is not as it was
 * written, `genesis.mismatch` when it belongs to another network.
 */
export const openStorage = async (
  options: StorageOptions,
  { logger }: { readonly logger: Logger },
): Promise<Result<Storage>> => {
  const { paths, networkId } = options
  const closers: Closers = []
  watchFailedCommits()
  try {
    for (const folder of [paths.blocks, paths.state, paths.wal]) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
    }
    const lock = await takeExclusiveLock(paths.lock)
    if (!lock.ok) return lock
    closers.push(lock.value.release)
    await installStaging(paths)
    const claimed = await claimStore(paths, networkId, { logger })
    if (claimed.ok) return ok(await openParts(options, logger, closers))
    await closeAll(closers)
    return claimed
  } catch (error) {
    await closeAll(closers).catch(() => undefined)
    return (error instanceof StorageError ? error : writeError(paths.data, error)).refusal()
  }
}
