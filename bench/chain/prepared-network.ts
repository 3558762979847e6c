import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { type Genesis, type NetworkParameters, unwrap } from '@medchain/core'
import { type NodeKeys, nodePaths, readNodeKeys, writeGenesisFile } from '@medchain/node'
import { type BuiltChain, buildChain, writeChain } from '../../packages/node/test/snapshots/built-chain.ts'
import { type BenchDaemon, type BenchNetwork, createBenchNetwork } from '../network/bench-network.ts'

const INTERVAL_MS = 1_000
/** Between the last block of the chain and now. */
const SPARE_BLOCKS = 60

/** A network that is to go on by itself, without transactions. */
export const HEARTBEAT: Partial<NetworkParameters> = { heartbeatMs: 1_000 }

export interface PreparedPlan {
  readonly heights: number
  readonly transactionsPerBlock: number
  readonly parameters?: Partial<NetworkParameters>
  readonly runtimeFlags?: readonly string[]
}

/** A network that has a long chain from the start, at those homes that are given it. */
export interface PreparedNetwork extends BenchNetwork {
  readonly chain: BuiltChain
  /** Writes the chain to the home of a daemon that does not run, as if it had followed it. */
  readonly give: (daemon: BenchDaemon) => Promise<void>
}

const keysOf = async ({ home }: BenchDaemon): Promise<NodeKeys> => {
  const passphrase = (await readFile(path.join(home, 'passphrase'), 'utf8')).trim()
  return unwrap(await readNodeKeys(nodePaths(home), passphrase))
}

/** Four homes that no daemon runs yet, and a chain with true certificates that ended a minute ago. */
export const prepareNetwork = async ({
  heights,
  transactionsPerBlock,
  ...options
}: PreparedPlan): Promise<PreparedNetwork> => {
  const network = await createBenchNetwork(options)
  const timeMs = network.genesis.timeMs - (heights + SPARE_BLOCKS) * INTERVAL_MS
  const genesis: Genesis = { ...network.genesis, timeMs }
  await writeGenesisFile(network.genesisFile, genesis)
  const keys = await Promise.all(network.daemons.map(keysOf))
  const chain = buildChain({ genesis, keys, heights, transactionsPerBlock, intervalMs: INTERVAL_MS })
  return { ...network, genesis, chain, give: ({ home }) => writeChain(nodePaths(home), genesis, chain) }
}

export const heightOf = async (daemon: BenchDaemon): Promise<number> =>
  (await daemon.get<{ readonly height: number }>('/v1/status')).height
