import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { unwrap } from '@medchain/core'
import { createLocalNetwork, type RunningDaemon, startDaemon } from '@medchain/node'
import { type CommandRun, runCommand } from '../run-command.ts'

const NODES = 4

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

/** Somebody with a home of their own, at one institution's node. */
export interface Seat {
  readonly did: string
  readonly run: (...argv: string[]) => Promise<CommandRun>
  /** The JSON of a command that ends with 0. */
  readonly ask: <T>(...argv: string[]) => Promise<T>
}

export interface LocalConsortium {
  readonly folder: string
  readonly daemons: readonly RunningDaemon[]
  /** Creates and registers a person. */
  readonly enrol: (name: string, role: string, node: number) => Promise<Seat>
  readonly close: () => Promise<void>
}

const createSeat = (home: string, nodeUrl: string): Omit<Seat, 'did'> => {
  const env = { MEDCHAIN_HOME: home, MEDCHAIN_NODE: nodeUrl, MEDCHAIN_PASSPHRASE: 'a good passphrase' }
  const run = (...argv: string[]) => runCommand(argv, { env, nowMs: Date.now() })
  const ask = async <T>(...argv: string[]): Promise<T> => {
    const { exitCode, out, err } = await run(...argv, '--json')
    if (exitCode !== 0) throw new Error(`${argv.join(' ')} ended with ${exitCode}: ${out}${err}`)
    return JSON.parse(out) as T
  }
  return { run, ask }
}

/** Four institutions as real daemons inside this process. */
export const startConsortium = async (): Promise<LocalConsortium> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'medchain-people-'))
  const ports = []
  for (let each = 0; each < NODES; each++) ports.push({ api: await freePort(), p2p: await freePort() })
  const network = unwrap(
    await createLocalNetwork({ dir: path.join(folder, 'net'), validators: NODES, basePort: 0, ports }),
  )
  const settings = { logLevel: 'error' } as const
  const daemons = await Promise.all(
    network.nodes.map(async ({ home }) =>
      unwrap(await startDaemon({ home, handlesSignals: false, environment: {}, settings })),
    ),
  )
  return {
    folder,
    daemons,
    enrol: async (name, role, node) => {
      const home = path.join(folder, name)
      const seat = createSeat(home, network.nodes[node]?.apiUrl ?? '')
      const words = ['--words-file', path.join(folder, `${name}.words`)]
      const { did } = await seat.ask<{ did: string }>('id', 'create', name, '--role', role, ...words)
      await seat.ask('register')
      return { ...seat, did }
    },
    close: async () => {
      await Promise.all(daemons.map((daemon) => daemon.stop()))
      await rm(folder, { recursive: true, force: true })
    },
  }
}
