import { spawn } from 'node:child_process'
import { closeSync, openSync, rmSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type NetworkParameters, unwrap } from '@medchain/core'
import { createLocalNetwork, type LocalNetwork, type LocalNode } from '@medchain/node'
import { freePorts } from '../../packages/node/test/process/free-ports.ts'
import { waitUntil } from '../../scripts/chaos/wait-until.ts'

const PROGRAM = path.resolve(import.meta.dirname, '../../packages/cli/bin/medchain.js')
const READY_TIMEOUT_MS = 120_000
const END_TIMEOUT_MS = 30_000
const ANSWER_TIMEOUT_MS = 5_000

/** One daemon of the measured network: a process of its own, as `medchain node start` makes it. */
export interface BenchDaemon extends LocalNode {
  readonly pid: () => number | undefined
  readonly start: () => void
  readonly end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<void>
  readonly isRunning: () => boolean
  /** Waits for nothing: for a process that ends itself. */
  readonly kill: () => void
  readonly get: <T>(route: string) => Promise<T>
  /** What it wrote so far. */
  readonly log: () => Promise<string>
}

export interface BenchNetwork extends Omit<LocalNetwork, 'nodes'> {
  readonly dir: string
  readonly daemons: readonly BenchDaemon[]
  readonly close: () => Promise<void>
}

const surroundings = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MEDCHAIN_')))

const createDaemon = (node: LocalNode, runtimeFlags: readonly string[]): BenchDaemon => {
  let child: ReturnType<typeof spawn> | undefined
  const isRunning = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null
  return {
    ...node,
    pid: () => child?.pid,
    isRunning,
    kill: () => void child?.kill('SIGKILL'),
    start: () => {
      const log = openSync(`${node.home}.log`, 'a', 0o600)
      const args = [...runtimeFlags, PROGRAM, 'node', 'start', '--home', node.home]
      child = spawn(process.execPath, args, {
        stdio: ['ignore', log, log],
        env: surroundings(),
        cwd: node.home,
      })
      closeSync(log)
    },
    end: async (signal) => {
      if (!isRunning()) return
      child?.kill(signal)
      await waitUntil(`${node.name} ends`, () => !isRunning(), { timeoutMs: END_TIMEOUT_MS })
    },
    get: async <T>(route: string): Promise<T> => {
      const response = await fetch(`${node.apiUrl}${route}`, {
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      })
      if (!response.ok) throw new Error(`${node.name}: ${route}: ${response.status}`)
      return (await response.json()) as T
    },
    log: () => readFile(`${node.home}.log`, 'utf8'),
  }
}

const isReady = (daemon: BenchDaemon) => async (): Promise<boolean> =>
  fetch(`${daemon.apiUrl}/ready`, { signal: AbortSignal.timeout(1_000) }).then(
    async (response) => {
      await response.arrayBuffer()
      return response.ok
    },
    () => false,
  )

export const untilReady = async (daemons: readonly BenchDaemon[]): Promise<void> => {
  await Promise.all(
    daemons.map(async (daemon) => {
      await waitUntil(`${daemon.name} is ready`, isReady(daemon), { timeoutMs: READY_TIMEOUT_MS }).catch(
        async (error: unknown) => {
          throw new Error(`${String(error)}\n${(await daemon.log()).slice(-2_000)}`)
        },
      )
    }),
  )
}

export interface BenchNetworkOptions {
  readonly parameters?: Partial<NetworkParameters>
  /** Of each daemon's Node.js. */
  readonly runtimeFlags?: readonly string[]
}

/** Homes of four validators on the loopback address; no daemon runs yet. */
export const createBenchNetwork = async ({
  parameters = {},
  runtimeFlags = [],
}: BenchNetworkOptions = {}): Promise<BenchNetwork> => {
  const dir = await mkdtemp(path.join(tmpdir(), 'medchain-bench-'))
  const ports = await freePorts(8)
  const { nodes, ...network } = unwrap(
    await createLocalNetwork({
      dir,
      validators: 4,
      basePort: 0,
      parameters,
      ports: [0, 1, 2, 3].map((index) => ({
        api: ports[2 * index] as number,
        p2p: ports[2 * index + 1] as number,
      })),
    }),
  )
  const daemons = nodes.map((node) => createDaemon(node, runtimeFlags))
  const abandon = (): void => {
    for (const daemon of daemons) daemon.kill()
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
  }
  process.once('exit', abandon)
  const close = async (): Promise<void> => {
    await Promise.all(daemons.map((daemon) => daemon.end('SIGTERM')))
    await rm(dir, { recursive: true, force: true })
    process.off('exit', abandon)
  }
  return { ...network, dir, daemons, close }
}

/** Four validators, ready. */
export const startBenchNetwork = async (options: BenchNetworkOptions = {}): Promise<BenchNetwork> => {
  const network = await createBenchNetwork(options)
  for (const daemon of network.daemons) daemon.start()
  await untilReady(network.daemons).catch(async (error: unknown) => {
    await network.close()
    throw error
  })
  return network
}
