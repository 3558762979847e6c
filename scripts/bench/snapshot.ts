// How long a snapshot of a long chain takes to make, and a wiped node to join by it, on daemons of their own:
//   npm run bench:snapshot -- [blocks] [transactions a block] [--without]
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { type Genesis, networkIdOf, unwrap } from '@medchain/core'
import { createLocalNetwork, type LocalNode, nodePaths, readNodeKeys, writeGenesisFile } from '@medchain/node'
import { systemClock } from '../../packages/node/src/clock.ts'
import { createLogger } from '../../packages/node/src/logger.ts'
import { createMetrics } from '../../packages/node/src/metrics/index.ts'
import { signatureVerifier, useNativeHashes } from '../../packages/node/src/replica/verifier.ts'
import { createSnapshotKeeper } from '../../packages/node/src/snapshots/index.ts'
import { openStorage, storageFiles } from '../../packages/node/src/storage/index.ts'
import { createDaemonProcess } from '../../packages/node/test/process/daemon-process.ts'
import { eventually } from '../../packages/node/test/process/eventually.ts'
import { freePorts } from '../../packages/node/test/process/free-ports.ts'
import { buildChain, writeChain } from '../../packages/node/test/snapshots/built-chain.ts'

const [heights = 1000, transactionsPerBlock = 100] = process.argv.slice(2).map(Number)
const fromSnapshot = !process.argv.includes('--without')
const INTERVAL_MS = 1000
const WAIT_MS = 300_000

useNativeHashes()
const dir = await mkdtemp(path.join(tmpdir(), 'medchain-bench-'))
const ports = await freePorts(8)
const network = unwrap(
  await createLocalNetwork({
    dir,
    validators: 4,
    basePort: 0,
    ports: [0, 2, 4, 6].map((at) => ({ api: ports[at] as number, p2p: ports[at + 1] as number })),
    parameters: { heartbeatMs: 1000 },
  }),
)
const timeMs = network.genesis.timeMs - (heights + 60) * INTERVAL_MS
const genesis: Genesis = { ...network.genesis, timeMs }
await writeGenesisFile(network.genesisFile, genesis)

const keys = []
for (const { home } of network.nodes) {
  keys.push(
    unwrap(await readNodeKeys(nodePaths(home), (await readFile(`${home}/passphrase`, 'utf8')).trim())),
  )
}
const seconds = (sinceMs: number): string => `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`
const sizeOf = async (folder: string): Promise<number> => {
  let total = 0
  for (const name of await readdir(folder, { recursive: true })) {
    total += (await stat(path.join(folder, name))).size
  }
  return total
}

const builtAt = performance.now()
const chain = buildChain({ genesis, keys, heights, transactionsPerBlock, intervalMs: INTERVAL_MS })
process.stdout.write(
  `${heights} blocks of ${transactionsPerBlock} transactions, built in ${seconds(builtAt)}\n`,
)

/** A snapshot made with nothing else to do: how long it takes, and how long it ever keeps the event loop. */
const measureMaking = async (): Promise<void> => {
  const paths = nodePaths(path.join(dir, 'alone'))
  await writeChain(paths, genesis, chain)
  const logger = createLogger({ level: 'silent' })
  const storage = unwrap(await openStorage({ paths, networkId: networkIdOf(genesis) }, { logger }))
  const { snapshots: folder } = storageFiles(paths)
  const keeper = await createSnapshotKeeper(
    { folder, snapshotEveryBlocks: heights, retainBlocks: 0 },
    {
      storage,
      handovers: { all: () => [] },
      genesis,
      verifier: signatureVerifier,
      clock: systemClock,
      logger,
      metrics: createMetrics(),
    },
  )
  const delays = monitorEventLoopDelay({ resolution: 1 })
  delays.enable()
  const startedAt = performance.now()
  keeper.onCheckpoint(heights)
  await keeper.settled()
  delays.disable()
  const stall = `longest stall ${(delays.max / 1e6).toFixed(1)} ms, p99 ${(delays.percentile(99) / 1e6).toFixed(1)} ms`
  process.stdout.write(`a snapshot alone: made in ${seconds(startedAt)}, ${stall}\n`)
  await keeper.close()
  await storage.close()
}
await measureMaking()

const configure = async ({ home }: LocalNode, storage: object): Promise<void> => {
  const { config } = nodePaths(home)
  const text = await readFile(config, 'utf8')
  const changed = text.replace(/"storage": \{.*\}/, `"storage": ${JSON.stringify(storage)}`)
  await writeFile(config, changed)
}
for (const [index, node] of network.nodes.entries()) {
  if (index < 3) await writeChain(nodePaths(node.home), genesis, chain)
  await configure(node, {
    snapshotEveryBlocks: Math.ceil(heights / 2),
    startFromSnapshot: index === 3 && fromSnapshot,
  })
}
const daemons = network.nodes.map((node) => createDaemonProcess(node))
const heightOf = async (index: number): Promise<number> =>
  (await (daemons[index] as (typeof daemons)[number]).get<{ height: number }>('/v1/status')).height
try {
  for (const daemon of daemons.slice(0, 3)) daemon.start()
  for (const index of [0, 1, 2]) {
    await eventually(`${index} goes on`, WAIT_MS, async () => (await heightOf(index)) > heights)
  }
  const made = (): string | undefined =>
    /\{.*a snapshot of the chain is made.*\}/.exec(daemons[0]?.output() ?? '')?.[0]
  await eventually('a snapshot', WAIT_MS, async () => made() !== undefined)
  const { sizeBytes, tookMs, height } = JSON.parse(made() ?? '{}')
  process.stdout.write(`snapshot at ${height}: ${sizeBytes} bytes, made in ${tookMs} ms\n`)
  await delay(2000)
  const joinedAt = performance.now()
  daemons[3]?.start()
  await eventually('the joiner is there', WAIT_MS, async () => (await heightOf(3)) >= (await heightOf(0)))
  process.stdout.write(`joined in ${seconds(joinedAt)}\n`)
  const { home } = network.nodes[3] as LocalNode
  const { blocks, state } = nodePaths(home)
  process.stdout.write(`its blocks take ${await sizeOf(blocks)} bytes, its state ${await sizeOf(state)}\n`)
  const log = (daemons[3]?.output() ?? '').split('\n').filter((line) => line.includes('"part":"snapshots"'))
  process.stdout.write(`${log.join('\n')}\n`)
} finally {
  for (const daemon of daemons) await daemon.end('SIGTERM')
  await rm(dir, { recursive: true, force: true })
}
