import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { unwrap } from '@medchain/core'
import {
  type Clock,
  createLocalNetwork,
  type DaemonOptions,
  delay,
  drawPassphrase,
  type RunningDaemon,
  startDaemon,
  systemClock,
} from '@medchain/node'
import { freePorts } from '../../../node/test/process/free-ports.ts'
import { type CommandRun, runCommand } from '../run-command.ts'

const NODES = 4

const CATCH_UP_MS = 120_000
const LOOK_AGAIN_MS = 50

/** Somebody with a home of their own, at one institution's node. */
export interface Seat {
  readonly did: string
  readonly home: string
  readonly run: (...argv: string[]) => Promise<CommandRun>
  /** The JSON of a command that ends with 0. */
  readonly ask: <T>(...argv: string[]) => Promise<T>
}

export interface LocalConsortium {
  readonly folder: string
  /** Homes of the nodes, in the order of the daemons. */
  readonly homes: readonly string[]
  readonly apiUrls: readonly string[]
  /** The daemon of a place as it runs now. */
  readonly daemons: readonly RunningDaemon[]
  /** Creates and registers a person. */
  readonly enrol: (name: string, role: string, node: number) => Promise<Seat>
  /** A seat at a home that has its identities already, or will get them. */
  readonly seat: (home: string, node: number) => Omit<Seat, 'did'>
  /** Of everybody’s keystore. */
  readonly passphrase: string
  /** Moves the wall clock of daemons and commands, and waits until blocks carry the new time. */
  readonly advance: (ms: number) => Promise<void>
  /** Moves the clock and waits for nothing: for a chain that stands still. */
  readonly moveClock: (ms: number) => void
  readonly wallMs: () => number
  readonly stop: (node: number) => Promise<void>
  /** Starts a stopped daemon again. */
  readonly start: (node: number) => Promise<void>
  readonly close: () => Promise<void>
}

interface ConsortiumOptions {
  /** What differs at one of the daemons. */
  readonly daemonOptions?: (node: number) => Partial<DaemonOptions>
}

/** Four institutions as real daemons inside this process. */
export const startConsortium = async ({
  daemonOptions = () => ({}),
}: ConsortiumOptions = {}): Promise<LocalConsortium> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'medchain-people-'))
  let aheadMs = 0
  const clock: Clock = { ...systemClock, wallMs: () => systemClock.wallMs() + aheadMs }
  const free = await freePorts(2 * NODES)
  const ports = Array.from({ length: NODES }, (_, node) => ({
    api: free[2 * node] as number,
    p2p: free[2 * node + 1] as number,
  }))
  const { nodes } = unwrap(
    await createLocalNetwork({ dir: path.join(folder, 'net'), validators: NODES, basePort: 0, ports }),
  )
  const settings = { logLevel: 'error' } as const
  const start = async ({ home }: { readonly home: string }, index: number): Promise<RunningDaemon> => {
    const usual = { home, handlesSignals: false, environment: {}, settings, clock }
    return unwrap(await startDaemon({ ...usual, ...daemonOptions(index) }))
  }
  const daemons = await Promise.all(nodes.map(start))
  const stopped = new Set<number>()

  const passphrase = drawPassphrase()
  const seat = (home: string, node: number): Omit<Seat, 'did'> => {
    const env = {
      MEDCHAIN_HOME: home,
      MEDCHAIN_NODE: nodes[node]?.apiUrl ?? '',
      MEDCHAIN_PASSPHRASE: passphrase,
    }
    const run = (...argv: string[]) => runCommand(argv, { env, nowMs: clock.wallMs() })
    const ask = async <T>(...argv: string[]): Promise<T> => {
      const { exitCode, out, err } = await run(...argv, '--json')
      if (exitCode !== 0) throw new Error(`${argv.join(' ')} ended with ${exitCode}: ${out}${err}`)
      return JSON.parse(out) as T
    }
    return { home, run, ask }
  }

  const areAt = (timeMs: number): boolean =>
    daemons.every(({ services }, node) => stopped.has(node) || services.ledger.status().headTimeMs >= timeMs)

  const until = async (what: string, isSo: () => boolean): Promise<void> => {
    const patience = clock.now() + CATCH_UP_MS
    while (!isSo()) {
      if (clock.now() > patience) throw new Error(`${what}: not within ${CATCH_UP_MS} ms`)
      await delay(clock, LOOK_AGAIN_MS)
    }
  }
  // Without a block nothing can be proven to a command.
  await until('the first block', () => daemons.every(({ services }) => services.ledger.status().height > 0))

  return {
    folder,
    daemons,
    homes: nodes.map(({ home }) => home),
    apiUrls: nodes.map(({ apiUrl }) => apiUrl),
    seat,
    passphrase,
    wallMs: clock.wallMs,
    moveClock: (ms) => {
      aheadMs += ms
    },
    enrol: async (name, role, node) => {
      const created = seat(path.join(folder, name), node)
      const words = ['--words-file', path.join(folder, `${name}.words`)]
      const { did } = await created.ask<{ did: string }>('id', 'create', name, '--role', role, ...words)
      await created.ask('register')
      return { ...created, did }
    },
    async advance(ms) {
      aheadMs += ms
      const target = clock.wallMs()
      await until('a block of the new time', () => areAt(target))
    },
    async stop(node) {
      stopped.add(node)
      await daemons[node]?.stop()
    },
    async start(node) {
      const daemon = await start(nodes[node] as { readonly home: string }, node)
      daemons[node] = daemon
      stopped.delete(node)
      const others = NODES - 1 - stopped.size
      const connected = () => daemon.services.network.peers().filter((peer) => peer.connected)
      await until('a restarted node has its neighbours', () => connected().length >= others)
    },
    close: async () => {
      await Promise.all(daemons.map((daemon) => daemon.stop()))
      await rm(folder, { recursive: true, force: true })
    },
  }
}
