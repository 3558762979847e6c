import { type CommittedBlock, decodeCommittedBlock, pendingFromBytes } from '@medchain/core'
import { type Clock, within } from '../clock.ts'
import type { Metrics } from '../metrics/index.ts'
import { type Storage, StorageError } from '../storage/index.ts'
import { type BlockRequestParts, createBlockRequest } from './request-block.ts'

const RETRY_MS = 1000

/** Fetches stored blocks that are not as they were written from the other nodes, and keeps sound copies (consensus Q49). */
export interface BlockHealer {
  /** As the store's, and what it finds damaged is fetched from now on. */
  readonly readBlock: (height: number) => Uint8Array | undefined
  /** Heights met as damaged and not healed yet. */
  readonly damaged: () => readonly number[]
  /** Whether every block met as damaged is healed within the time. */
  readonly whenHealed: (timeoutMs: number) => Promise<boolean>
  readonly close: () => void
}

export interface HealerParts extends BlockRequestParts {
  readonly storage: Pick<Storage, 'blocks' | 'transactions'>
  readonly clock: Clock
  readonly metrics: Metrics
}

const transactionIdsOf = ({ block }: CommittedBlock): Uint8Array[] =>
  block.transactions.flatMap((bytes) => {
    const pending = pendingFromBytes(bytes)
    return pending.ok ? [pending.value.txId] : []
  })

const createHealing = (parts: HealerParts) => {
  const { storage, network, logger } = parts
  const healedBlocks = parts.metrics.counter('medchain_storage_healed_blocks_total')
  const fetchFrom = createBlockRequest(parts)
  /** Whether some peer had the block; it is durable then, and its transactions are indexed. */
  return async (height: number): Promise<boolean> => {
    for (const { institution, connected } of network.peers()) {
      const bytes = connected ? await fetchFrom(institution, height) : undefined
      const decoded = bytes && decodeCommittedBlock(bytes)
      if (!bytes || !decoded?.ok) continue
      await storage.blocks.heal({ height, bytes })
      await storage.transactions.restore(height, transactionIdsOf(decoded.value))
      healedBlocks.add(1)
      logger.info({ height, peer: institution }, 'a damaged block is replaced by that of another node')
      return true
    }
    return false
  }
}

export const createBlockHealer = (parts: HealerParts): BlockHealer => {
  const { storage, clock, logger } = parts
  const heal = createHealing(parts)
  const wanted = new Set<number>()
  let working: Promise<void> | undefined
  let isClosed = false
  let wake = (): void => undefined
  parts.metrics.observe('medchain_storage_damaged_blocks_count', () => wanted.size)

  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.setTimer(RETRY_MS, resolve)
      wake = () => {
        cancel()
        resolve()
      }
    })

  const work = async (): Promise<void> => {
    while (wanted.size > 0 && !isClosed) {
      for (const height of [...wanted].sort((a, b) => a - b)) {
        if (!isClosed && (await heal(height))) wanted.delete(height)
      }
      if (wanted.size > 0 && !isClosed) await pause()
    }
  }

  const begin = (): void => {
    working ??= work()
      .catch((error: unknown) => logger.error({ reason: String(error) }, 'a healed block cannot be kept'))
      .finally(() => {
        working = undefined
      })
  }

  const note = (height: number, error: StorageError): void => {
    if (!wanted.has(height)) logger.error({ code: error.code, height }, error.message)
    wanted.add(height)
    if (!isClosed) begin()
  }

  return {
    readBlock: (height) => {
      try {
        return storage.blocks.readBlock(height)
      } catch (error) {
        if (error instanceof StorageError) note(height, error)
        throw error
      }
    },
    damaged: () => [...wanted],
    whenHealed: (timeoutMs) =>
      within(
        clock,
        timeoutMs,
        (working ?? Promise.resolve()).then(() => wanted.size === 0),
        () => false,
      ),
    close: () => {
      isClosed = true
      wake()
    },
  }
}
