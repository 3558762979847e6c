import { institutionIdOf, networkIdOf, ok, type Result } from '@medchain/core'
import { type Api, createApi, installRoutes, type NodeServices } from './api/index.ts'
import { memberFromKeys, splitEndpoint } from './config/index.ts'
import { useNativeHashes } from './keystore/index.ts'
import type { Logger } from './logger.ts'
import { createConnect, makeNetwork } from './node-network.ts'
import type { NodeOptions, NodeParts } from './node-options.ts'
import { warnAtStart, watchClock } from './recovery/index.ts'
import { createMemberDirectory, createSigner, observeChain, signatureVerifier } from './replica/index.ts'
import type { Room, RoomFactory } from './room.ts'
import { joinBySnapshot } from './snapshots/index.ts'
import { startChain } from './start-chain.ts'
import { openStorage, StorageError } from './storage/index.ts'
import { VERSION } from './version.ts'

export type { NodeOptions, NodeParts }

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

const beginWithSnapshot = (options: NodeOptions, parts: NodeParts): Promise<Result<void>> => {
  const { clock } = parts
  const { paths, genesis, config, snapshotPatienceMs } = options
  const logger = parts.logger.child({ part: 'snapshots' })
  const network = makeNetwork(options, { clock, logger }, createMemberDirectory(genesis))
  return joinBySnapshot({
    paths,
    genesis,
    verifier: signatureVerifier,
    clock,
    logger,
    network,
    connect: createConnect(network, config),
    ...(snapshotPatienceMs !== undefined && { patienceMs: snapshotPatienceMs }),
  })
}

const assemble = async (
  options: NodeOptions,
  parts: NodeParts,
  closers: Closers,
): Promise<Result<RunningNode>> => {
  const { paths, config, genesis, keys } = options
  const networkId = networkIdOf(genesis)
  const institution = ownInstitution(options)

  if (config.storage.startFromSnapshot) {
    const joined = await beginWithSnapshot(options, parts)
    if (!joined.ok) return joined
  }
  const { publicKey: votingKey } = createSigner(keys.votingSeed)
  const storage = await openStorage(
    { paths, networkId, votingKey },
    { logger: parts.logger.child({ part: 'storage' }) },
  )
  if (!storage.ok) return storage
  closers.push(storage.value.close)

  const chain = await startChain(options, parts, storage.value, institution)
  if (!chain.ok) return chain
  const { ledger, network, handovers, closeLedger, closeNetwork, connect } = chain.value
  closers.push(closeLedger)

  const { clock, logger, metrics } = parts
  const signer = createSigner(keys.signingSeed)
  const own = { paths, config, genesis, networkId, institution, keys, signer, verifier: signatureVerifier }
  const watched = { ledger, clock, logger, metrics }
  warnAtStart(watched)
  const clockSkewMs = watchClock(watched)
  const services: NodeServices = { ...own, ...watched, network, handovers, clockSkewMs }
  observeChain(services)
  const rooms = await startRooms(options.rooms ?? [], services, closers)

  closers.push(closeNetwork)
  const api = await startApi(options, services, rooms)
  if (!api.ok) return api
  const connected = await connect()
  // Closed first: nobody is let in any more while requests still find a ledger and a network.
  closers.push(api.value.close)
  if (!connected.ok) return connected
  const { host } = new URL(`http://${config.api}`)
  const port = api.value.port()
  const close = (): Promise<void> => closeAll(closers, logger)
  return ok({ services, apiUrl: `http://${host.replace(/:\d+$/, '')}:${port}`, close })
}

/**
 * The daemon's one composition root. Starts: storage, ledger, rooms, API, network (before the ledger where stored
 * blocks have to be fetched again); closes: API (requests under way end first), network, rooms, ledger, storage. A
 * refusal leaves nothing open.
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
