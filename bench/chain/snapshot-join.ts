import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { networkIdOf, unwrap } from '@medchain/core'
import { nodePaths, signatureVerifier, systemClock } from '@medchain/node'
import { createLogger } from '../../packages/node/src/logger.ts'
import { createMetrics } from '../../packages/node/src/metrics/index.ts'
import { createSnapshotKeeper } from '../../packages/node/src/snapshots/index.ts'
import { openStorage, storageFiles } from '../../packages/node/src/storage/index.ts'
import { writeChain } from '../../packages/node/test/snapshots/built-chain.ts'
import { waitUntil } from '../../scripts/chaos/wait-until.ts'
import type { BenchDaemon } from '../network/bench-network.ts'
import { heightOf, type PreparedNetwork } from './prepared-network.ts'

const WAIT = { timeoutMs: 300_000 } as const

const sizeOf = async (folder: string): Promise<number> => {
  const names = await readdir(folder, { recursive: true })
  const sizes = await Promise.all(names.map(async (name) => (await stat(path.join(folder, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

export interface MakingCost {
  readonly seconds: number
  readonly longestStallMs: number
  readonly p99StallMs: number
}

/** A snapshot made in this process with nothing else to do: how long it takes, and how long it keeps the event loop. */
export const measureMaking = async ({ dir, genesis, chain }: PreparedNetwork): Promise<MakingCost> => {
  const paths = nodePaths(path.join(dir, 'alone'))
  await writeChain(paths, genesis, chain)
  const heights = chain.blocks.length
  const logger = createLogger({ level: 'silent' })
  const storage = unwrap(await openStorage({ paths, networkId: networkIdOf(genesis) }, { logger }))
  const { snapshots: folder } = storageFiles(paths)
  const parts = { storage, handovers: { all: () => [] }, genesis, verifier: signatureVerifier, logger }
  const keeper = await createSnapshotKeeper(
    { folder, snapshotEveryBlocks: heights, retainBlocks: 0 },
    { ...parts, clock: systemClock, metrics: createMetrics() },
  )
  const delays = monitorEventLoopDelay({ resolution: 1 })
  delays.enable()
  const startedAt = performance.now()
  keeper.onCheckpoint(heights)
  await keeper.settled()
  delays.disable()
  const seconds = (performance.now() - startedAt) / 1000
  await keeper.close()
  await storage.close()
  return { seconds, longestStallMs: delays.max / 1e6, p99StallMs: delays.percentile(99) / 1e6 }
}

const configure = async ({ home }: BenchDaemon, storage: object): Promise<void> => {
  const { config } = nodePaths(home)
  const text = await readFile(config, 'utf8')
  await writeFile(config, text.replace(/"storage": \{.*\}/, `"storage": ${JSON.stringify(storage)}`))
}

export interface JoiningCost {
  /** Until the wiped node was where the others were, its start included. */
  readonly seconds: number
  readonly snapshot: { readonly height: number; readonly sizeBytes: number; readonly tookMs: number }
  readonly blocksBytes: number
  readonly stateBytes: number
}

/** Three daemons go on with a chain; a fourth that has nothing joins them, by a snapshot or from the first block. */
export const measureJoining = async (
  { daemons, chain, give }: PreparedNetwork,
  startFromSnapshot: boolean,
): Promise<JoiningCost> => {
  const heights = chain.blocks.length
  const others = daemons.slice(0, 3)
  const [first] = others as [BenchDaemon]
  const joiner = daemons[3] as BenchDaemon
  const snapshotEveryBlocks = Math.ceil(heights / 2)
  for (const daemon of others) {
    await give(daemon)
    await configure(daemon, { snapshotEveryBlocks, startFromSnapshot: false })
  }
  await configure(joiner, { snapshotEveryBlocks, startFromSnapshot })
  for (const daemon of others) daemon.start()
  const soFar = (daemon: BenchDaemon): Promise<number> => heightOf(daemon).catch(() => 0)
  for (const daemon of others)
    await waitUntil(`${daemon.name} goes on`, async () => (await soFar(daemon)) > heights, WAIT)
  const made = (log: string): string | undefined => /\{.*a snapshot of the chain is made.*\}/.exec(log)?.[0]
  const madeByAll = async (): Promise<boolean> =>
    (await Promise.all(others.map(async (daemon) => made(await daemon.log())))).every(Boolean)
  await waitUntil('snapshots', madeByAll, WAIT)
  const { height, sizeBytes, tookMs } = JSON.parse(made(await first.log()) as string)
  const startedAt = performance.now()
  joiner.start()
  await waitUntil('the joiner is there', async () => (await soFar(joiner)) >= (await soFar(first)), WAIT)
  const seconds = (performance.now() - startedAt) / 1000
  const { blocks, state } = nodePaths(joiner.home)
  return {
    ...{ seconds, snapshot: { height, sizeBytes, tookMs } },
    ...{ blocksBytes: await sizeOf(blocks), stateBytes: await sizeOf(state) },
  }
}
