import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Genesis, type GenesisMember, unwrap } from '@medchain/core'
import { createGenesis, genesisText, initNodeHome } from '@medchain/node'
import { createDaemon, type Daemon } from './daemon.ts'
import { createLan, type Lan } from './lan.ts'
import { type Relays, startRelays } from './relays.ts'
import { waitUntil } from './wait-until.ts'

export const INSTITUTIONS = [
  'north-hospital',
  'south-hospital',
  'city-laboratory',
  'research-institute',
] as const

const ROLES = ['hospital', 'hospital', 'laboratory', 'research'] as const
const API_PORT = 7740
const PEER_PORT = 7840
const READY_TIMEOUT_MS = 120_000

/** Four daemons, each on a host of its own. */
export interface Consortium {
  readonly dir: string
  readonly genesis: Genesis
  readonly lan: Lan
  /** Undefined when daemons dial each other directly. */
  readonly relays: Relays | undefined
  readonly daemons: readonly Daemon[]
  /** A further host without a daemon, for a copy of a home. */
  readonly spareHost: number
  readonly at: (index: number) => Daemon
  readonly close: () => Promise<void>
}

export interface ConsortiumOptions {
  readonly dir: string
  readonly isRelayed: boolean
  /** Prepares the folder of a home before anything is in it. */
  readonly beforeHome?: (host: number, home: string) => Promise<void>
}

export const daemonOn = (lan: Lan, host: number, home: string): Daemon =>
  createDaemon(lan, { name: path.basename(home), host, home, apiPort: API_PORT })

/** Where a home's daemon listens when it runs on this host. */
export const addressesOn = (lan: Lan, host: number, isRelayed: boolean) => ({
  listen: [`/ip4/${lan.peerHost(host)}/tcp/${PEER_PORT}`],
  announce: [`/ip4/${isRelayed ? lan.relayHost(host) : lan.peerHost(host)}/tcp/${PEER_PORT}`],
  api: `${lan.apiHost(host)}:${API_PORT}`,
})

const makeHome = async (
  lan: Lan,
  host: number,
  { dir, isRelayed, beforeHome }: ConsortiumOptions,
): Promise<GenesisMember> => {
  const name = INSTITUTIONS[host] ?? ''
  const home = path.join(dir, name)
  const passphrase = `passphrase of ${name}`
  await mkdir(home, { recursive: true })
  await beforeHome?.(host, home)
  const made = await initNodeHome({
    home,
    name,
    role: ROLES[host] ?? 'hospital',
    passphrase,
    isValidator: true,
    ...addressesOn(lan, host, isRelayed),
    settings: { genesis: '../genesis.json', passphraseFile: 'passphrase', sponsorPolicy: 'auto' },
  })
  await writeFile(path.join(home, 'passphrase'), `${passphrase}\n`, { mode: 0o600 })
  return unwrap(made).member
}

/** Makes and starts a network; resolves once every daemon is ready. */
export const startConsortium = async (options: ConsortiumOptions): Promise<Consortium> => {
  const { dir, isRelayed } = options
  const spareHost = INSTITUTIONS.length
  const lan = createLan(spareHost + 1)
  const members = await Promise.all(INSTITUTIONS.map((_, host) => makeHome(lan, host, options)))
  const genesis = unwrap(createGenesis(members, { name: 'chaos', timeMs: Date.now() }))
  await writeFile(path.join(dir, 'genesis.json'), genesisText(genesis))
  const relays = isRelayed ? await startRelays(lan, INSTITUTIONS.length, PEER_PORT) : undefined
  const daemons = INSTITUTIONS.map((name, host) => daemonOn(lan, host, path.join(dir, name)))
  for (const daemon of daemons) daemon.start()
  await Promise.all(
    daemons.map((daemon) =>
      waitUntil(`${daemon.name} is ready`, daemon.isReady, { timeoutMs: READY_TIMEOUT_MS }),
    ),
  )
  return {
    dir,
    genesis,
    lan,
    relays,
    daemons,
    spareHost,
    at: (index) => daemons[index] as Daemon,
    close: async () => {
      await Promise.all(
        daemons.map((daemon) => {
          daemon.signal('SIGCONT')
          return daemon.end('SIGKILL')
        }),
      )
      relays?.close()
    },
  }
}
