import {
  decodeSnapshotRequest,
  encodeSnapshotAnswer,
  type Genesis,
  type SignatureVerifier,
  validateManifest,
} from '@medchain/core'
import type { Clock } from '../clock.ts'
import type { Logger } from '../logger.ts'
import type { Handovers } from '../membership/index.ts'
import type { Metrics } from '../metrics/index.ts'
import {
  makeSnapshot,
  openSnapshotStore,
  type SnapshotStore,
  type Storage,
  StorageError,
} from '../storage/index.ts'

export interface SnapshotKeeperOptions {
  readonly folder: string
  /** A snapshot is made at multiples of this height; 0 makes none. */
  readonly snapshotEveryBlocks: number
  /** Blocks below so many are dropped once a snapshot is above them; 0 keeps all. */
  readonly retainBlocks: number
}

export interface SnapshotKeeperParts {
  readonly storage: Pick<Storage, 'blocks' | 'state'>
  readonly handovers: Pick<Handovers, 'all'>
  readonly genesis: Genesis
  readonly verifier: SignatureVerifier
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
}

/** Makes this node's snapshots in the background, drops blocks below them, and hands them to members. */
export interface SnapshotKeeper {
  /** Call right after a checkpoint became durable, before the next one begins. */
  readonly onCheckpoint: (height: number) => void
  readonly answer: (request: Uint8Array) => Promise<Uint8Array>
  /** Resolves when nothing is under way. */
  readonly settled: () => Promise<void>
  readonly close: () => Promise<void>
}

const isDue = (
  height: number,
  { snapshotEveryBlocks }: SnapshotKeeperOptions,
  snapshots: SnapshotStore,
  lowestHeight: number,
): boolean => {
  const last = snapshots.all().at(-1)?.height
  if (snapshotEveryBlocks === 0 || last === height) return false
  // Without one of its own a node that lacks the first blocks could not rebuild a damaged state.
  if (last === undefined && lowestHeight > 1) return true
  return height % snapshotEveryBlocks === 0 || height - (last ?? 0) >= 2 * snapshotEveryBlocks
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Opens the snapshots of a home (consensus Q70, Q75). */
export const createSnapshotKeeper = async (
  options: SnapshotKeeperOptions,
  parts: SnapshotKeeperParts,
): Promise<SnapshotKeeper> => {
  const { storage, genesis, verifier, clock, logger } = parts
  const snapshots = await openSnapshotStore(options.folder)
  const newestHeight = parts.metrics.gauge('medchain_snapshot_height')
  newestHeight.set(snapshots.all().at(-1)?.height ?? 0)
  let isClosed = false
  let working: Promise<void> | undefined

  const make = async (height: number): Promise<void> => {
    const view = storage.state.openView()
    if (!view) return
    const startedMs = clock.now()
    const made = await makeSnapshot({
      store: snapshots,
      view,
      blocks: storage.blocks,
      handovers: parts.handovers.all,
      now: clock.now,
      check: (manifest) => validateManifest(manifest, genesis, verifier),
      isCancelled: () => isClosed,
    })
    if (!made.ok) {
      if (!isClosed) logger.warn({ code: made.code, height }, made.message)
      return
    }
    newestHeight.set(height)
    const sizeBytes = snapshots.all().at(-1)?.sizeBytes ?? 0
    const tookMs = Math.round(clock.now() - startedMs)
    logger.info({ height, sizeBytes, tookMs }, 'a snapshot of the chain is made')
  }

  const prune = async (height: number): Promise<void> => {
    const oldest = snapshots.all()[0]
    if (options.retainBlocks === 0 || !oldest) return
    const below = Math.min(oldest.fromHeight, height - options.retainBlocks + 1)
    const freedBytes = await storage.blocks.prune(below)
    if (freedBytes > 0)
      logger.info({ lowestHeight: storage.blocks.lowestHeight(), freedBytes }, 'old blocks are dropped')
  }

  const work = async (height: number): Promise<void> => {
    try {
      await make(height)
      if (!isClosed) await prune(height)
    } catch (error) {
      const code = error instanceof StorageError ? error.code : 'snapshot.none'
      logger.warn({ code, height }, `No snapshot is made: ${reasonOf(error)}`)
    }
  }

  return {
    onCheckpoint: (height) => {
      if (working || isClosed || !isDue(height, options, snapshots, storage.blocks.lowestHeight())) return
      working = work(height).finally(() => {
        working = undefined
      })
    },
    answer: async (bytes) => {
      const request = decodeSnapshotRequest(bytes)
      if (!request.ok) return encodeSnapshotAnswer(undefined)
      const found =
        request.value.type === 'manifest'
          ? snapshots.manifest()
          : snapshots.chunk(request.value.height, request.value.index)
      return encodeSnapshotAnswer(await found.catch(() => undefined))
    },
    settled: async () => {
      await working
    },
    close: async () => {
      isClosed = true
      await working
    },
  }
}
