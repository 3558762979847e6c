import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import {
  type Genesis,
  type GenesisMember,
  type InstitutionRole,
  type NetworkParameters,
  networkIdOf,
  ok,
  type Result,
  refuse,
} from '@medchain/core'
import { systemClock } from '../clock.ts'
import { drawPassphrase } from '../keystore/index.ts'
import { fingerprintOf } from './fingerprint.ts'
import { createGenesis, writeGenesisFile } from './genesis-file.ts'
import { initNodeHome } from './init-home.ts'
import { nodePaths } from './paths.ts'

const VALIDATORS_MAX = 64
const P2P_PORT_OFFSET = 100
const HOST = '127.0.0.1'

/** In the order of their ports. */
const INSTITUTIONS: readonly (readonly [name: string, role: InstitutionRole])[] = [
  ['north-hospital', 'hospital'],
  ['south-hospital', 'hospital'],
  ['city-laboratory', 'laboratory'],
  ['research-institute', 'research'],
  ['central-pharmacy', 'pharmacy'],
  ['east-hospital', 'hospital'],
  ['west-hospital', 'hospital'],
  ['health-insurer', 'insurer'],
  ['medicines-regulator', 'regulator'],
  ['vaccine-manufacturer', 'manufacturer'],
  ['medical-distributor', 'distributor'],
  ['procurement-agency', 'procurement'],
]

export interface LocalNetworkOptions {
  readonly dir: string
  /** At least 4. */
  readonly validators: number
  /** API ports upwards from here by 1, peer-to-peer ports from here + 100. */
  readonly basePort: number
  /** Names in place of the usual ones, in the order of the ports. */
  readonly names?: readonly string[]
  readonly parameters?: Partial<NetworkParameters>
  /** Ports of each node in place of those counted from `basePort`. */
  readonly ports?: readonly { readonly api: number; readonly p2p: number }[]
}

export interface LocalNode {
  readonly name: string
  readonly role: InstitutionRole
  readonly home: string
  readonly apiUrl: string
  readonly apiPort: number
  readonly p2pPort: number
}

export interface LocalNetwork {
  readonly genesis: Genesis
  readonly genesisFile: string
  readonly fingerprint: string
  readonly nodes: readonly LocalNode[]
}

const isFolderName = (name: string): boolean => /^[a-z0-9][a-z0-9-]{0,62}$/.test(name)

const planNode = (options: LocalNetworkOptions, index: number): LocalNode => {
  const [usualName, role] = INSTITUTIONS[index] ?? [`hospital-${index + 1}`, 'hospital' as const]
  const name = options.names?.[index] ?? usualName
  const apiPort = options.ports?.[index]?.api ?? options.basePort + index
  const p2pPort = options.ports?.[index]?.p2p ?? options.basePort + P2P_PORT_OFFSET + index
  return {
    name,
    role,
    home: path.join(options.dir, name),
    apiUrl: `http://${HOST}:${apiPort}`,
    apiPort,
    p2pPort,
  }
}

const makeHome = async (node: LocalNode): Promise<Result<GenesisMember>> => {
  const passphrase = drawPassphrase()
  await mkdir(node.home, { recursive: true })
  const made = await initNodeHome({
    home: node.home,
    name: node.name,
    role: node.role,
    passphrase,
    listen: [`/ip4/${HOST}/tcp/${node.p2pPort}`],
    api: `${HOST}:${node.apiPort}`,
    isValidator: true,
    settings: { genesis: '../genesis.json', passphraseFile: 'passphrase', sponsorPolicy: 'auto' },
  })
  if (!made.ok) return made
  await writeFile(path.join(nodePaths(node.home).home, 'passphrase'), `${passphrase}\n`, { mode: 0o600 })
  return ok(made.value.member)
}

/**
 * A whole consortium on this machine, ready to start: one home a validator below `dir`, and the genesis
 * document beside them. `config.validators`, `config.names`, `config.exists` or `config.unwritable` otherwise.
 */
export const createLocalNetwork = async (options: LocalNetworkOptions): Promise<Result<LocalNetwork>> => {
  const { validators, dir } = options
  if (!Number.isSafeInteger(validators) || validators < 4 || validators > VALIDATORS_MAX) {
    return refuse('config.validators', `A local network has 4 to ${VALIDATORS_MAX} validators.`)
  }
  const nodes = Array.from({ length: validators }, (_, index) => planNode(options, index))
  const names = new Set(nodes.map((node) => node.name))
  if (names.size !== nodes.length || !nodes.every((node) => isFolderName(node.name))) {
    return refuse('config.names', 'Names are distinct, of small letters, digits and hyphens.')
  }
  try {
    const made = await Promise.all(nodes.map(makeHome))
    const members: GenesisMember[] = []
    for (const member of made) {
      if (!member.ok) return member
      members.push(member.value)
    }
    const name = path.basename(path.resolve(dir))
    const { parameters = {} } = options
    const genesis = createGenesis(members, { name, timeMs: systemClock.wallMs(), parameters })
    if (!genesis.ok) return genesis
    const genesisFile = path.join(dir, 'genesis.json')
    const written = await writeGenesisFile(genesisFile, genesis.value)
    if (!written.ok) return written
    const fingerprint = fingerprintOf(networkIdOf(genesis.value))
    return ok({ genesis: genesis.value, genesisFile, fingerprint, nodes })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return refuse('config.unwritable', `${dir} cannot be written (${code ?? 'unknown error'}).`)
  }
}
