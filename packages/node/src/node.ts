import {
  createReplica,
  type Genesis,
  institutionIdOf,
  networkIdOf,
  ok,
  type Refusal,
  type ReplicaOptions,
  type Result,
  refuse,
} from '@medchain/core'
import { type Api, createApi, installRoutes, type NodeServices, type RegisterRoutes } from './api/index.ts'
import type { Clock } from './clock.ts'
import {
  memberFromKeys,
  type NodeConfig,
  type NodeKeys,
  type NodePaths,
  splitEndpoint,
} from './config/index.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics/index.ts'
import { createNetwork, type Network } from './network/index.ts'
import {
  createLedger,
  createMemberDirectory,
  createReplicaPorts,
  createSigner,
  type HostedLedger,
  type RefreshingDirectory,
  signatureVerifier,
  useNativeHashes,
} from './replica/index.ts'
import type { Room, RoomFactory } from './room.ts'
import { openStorage, type Storage, StorageError, storageFiles } from './storage/index.ts'
import { VERSION } from './version.ts'

const SYNC_TIMEOUT_MS = 10_000

export interface NodeOptions {
  readonly paths: NodePaths
  readonly config: NodeConfig
  readonly genesis: Genesis
  readonly keys: NodeKeys
  /** Routes of other rooms. */
  readonly registerRoutes?: readonly RegisterRoutes[]
  /** Other rooms, started in this order after the ledger and closed in the opposite one. */
  readonly rooms?: readonly RoomFactory[]
  readonly replica?: Partial<ReplicaOptions>
}

export interface NodeParts {
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  /** The node cannot go on; whoever started it closes it and ends the process. */
  readonly onHalt: (refusal: Refusal) => void
}

export interface RunningNode {
  readonly services: NodeServices
  readonly apiUrl: string
  /** Ends everything in the opposite order of the start. */
  readonly close: () => Promise<void>
}

type Closers = (() => Promise<void>)[]

const closeAll = async (closers: Closers, logger: Logger): Promise<void> => {
  for (const close of closers.splice(0).reverse()) {
    await close().catch((error: unknown) =>
      logger.warn({ reason: String(error) }, 'a part did not close cleanly'),
    )
  }
}

const ownInstitution = ({ genesis, keys, config }: NodeOptions): Uint8Array => {
  const { name, role, isValidator } = config
  const own = memberFromKeys(keys, { name, role, isValidator, addresses: [] })
  const founder = genesis.members.find((member) => Buffer.from(member.nodeKey).equals(own.nodeKey))
  return institutionIdOf(founder ?? own)
}

const makeNetwork = (options: NodeOptions, parts: NodeParts, directory: RefreshingDirectory): Network =>
  createNetwork({
    privateKeySeed: options.keys.nodeSeed,
    networkId: networkIdOf(options.genesis),
    listen: options.config.listen,
    directory,
    logger: parts.logger.child({ part: 'network' }),
    metrics: parts.metrics,
    clock: parts.clock,
  })

interface Chain {
  readonly network: Network
  readonly ledger: HostedLedger
  readonly directory: RefreshingDirectory
}

const makeChain = (options: NodeOptions, parts: NodeParts, storage: Storage, institution: Uint8Array) => {
  const { genesis, keys, config, paths } = options
  const logger = parts.logger.child({ part: 'ledger' })
  const directory = createMemberDirectory(genesis)
  const network = makeNetwork(options, parts, directory)
  const guarded = createReplicaPorts(storage, { verifier: signatureVerifier, logger })
  const replica = createReplica({
    genesis,
    self: config.isValidator ? { institution, signer: createSigner(keys.votingSeed) } : undefined,
    ports: guarded.ports,
    options: options.replica,
  })
  const evidenceFile = storageFiles(paths).evidence
  const ledger = createLedger(
    { evidenceFile, syncTimeoutMs: SYNC_TIMEOUT_MS },
    { ...parts, logger, replica, storage, network },
  )
  return { network, ledger, directory, begin: guarded.begin }
}

/** Loads the chain; a refusal when the replica halts on what it finds on disk. */
const startChain = async (
  options: NodeOptions,
  parts: NodeParts,
  storage: Storage,
  institution: Uint8Array,
): Promise<Result<Chain>> => {
  let halted: Refusal | undefined
  let isStarted = false
  const onHalt = (refusal: Refusal): void => {
    halted = refusal
    if (isStarted) parts.onHalt(refusal)
  }
  const { begin, ...chain } = makeChain(options, { ...parts, onHalt }, storage, institution)
  await chain.ledger.start()
  isStarted = true
  begin()
  if (halted) {
    await chain.ledger.close()
    return halted
  }
  chain.directory.refresh(chain.ledger.view())
  chain.ledger.onCommitted(({ transactions }) => {
    const isGoverned = transactions.some(({ kind }) => kind.startsWith('governance.'))
    if (isGoverned) chain.directory.refresh(chain.ledger.view())
  })
  return ok(chain)
}

const startRooms = async (
  factories: readonly RoomFactory[],
  services: NodeServices,
  closers: Closers,
): Promise<Room[]> => {
  const rooms: Room[] = []
  for (const create of factories) {
    const room = await create(services)
    closers.push(room.close)
    rooms.push(room)
  }
  return rooms
}

const startApi = async (
  options: NodeOptions,
  services: NodeServices,
  rooms: readonly Room[],
): Promise<Result<Api>> => {
  const endpoint = splitEndpoint(options.config.api)
  if (!endpoint.ok) return endpoint
  const logger = services.logger.child({ part: 'api' })
  const api = await createApi({ ...endpoint.value, version: VERSION }, { logger, clock: services.clock })
  const roomRoutes = rooms.flatMap(({ registerRoutes }) => (registerRoutes ? [registerRoutes] : []))
  installRoutes(api.server, services, [...(options.registerRoutes ?? []), ...roomRoutes])
  const started = await api.start()
  return started.ok ? ok(api) : started
}

const startNetwork = async ({ network }: Chain, config: NodeConfig): Promise<Result<void>> => {
  try {
    await network.start()
    return ok(undefined)
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown error'
    return refuse('network.listen', `The node cannot listen on ${config.listen.join(', ')}: ${reason}.`)
  }
}

const assemble = async (
  options: NodeOptions,
  parts: NodeParts,
  closers: Closers,
): Promise<Result<RunningNode>> => {
  const { paths, config, genesis, keys } = options
  const networkId = networkIdOf(genesis)
  const institution = ownInstitution(options)

  const storage = await openStorage({ paths, networkId }, { logger: parts.logger.child({ part: 'storage' }) })
  if (!storage.ok) return storage
  closers.push(storage.value.close)

  const chain = await startChain(options, parts, storage.value, institution)
  if (!chain.ok) return chain
  const { ledger, network } = chain.value
  closers.push(ledger.close)

  const { clock, logger, metrics } = parts
  const signer = createSigner(keys.signingSeed)
  const own = { paths, config, genesis, networkId, institution, keys, signer, verifier: signatureVerifier }
  const services: NodeServices = { ...own, ledger, network, clock, logger, metrics }
  const rooms = await startRooms(options.rooms ?? [], services, closers)

  const api = await startApi(options, services, rooms)
  if (!api.ok) return api
  closers.push(network.close)
  const connected = await startNetwork(chain.value, config)
  // Closed first: nobody is let in any more while requests still find a ledger and a network.
  closers.push(api.value.close)
  if (!connected.ok) return connected
  const { host } = new URL(`http://${config.api}`)
  const port = api.value.port()
  const close = (): Promise<void> => closeAll(closers, logger)
  return ok({ services, apiUrl: `http://${host.replace(/:\d+$/, '')}:${port}`, close })
}

/**
 * The daemon's one composition root. Starts: storage, ledger, rooms, API, network; closes: API (requests
 * under way end first), network, rooms, ledger, storage. A refusal leaves nothing open.
 */
export const startNode = async (options: NodeOptions, parts: NodeParts): Promise<Result<RunningNode>> => {
  useNativeHashes()
  const closers: Closers = []
  try {
    const node = await assemble(options, parts, closers)
    if (!node.ok) await closeAll(closers, parts.logger)
    return node
  } catch (error) {
    await closeAll(closers, parts.logger)
    if (error instanceof StorageError) return error.refusal()
    throw error
  }
}
