import { createReplica, networkIdOf, ok, type Refusal, type Result, refuse } from '@medchain/core'
import { type KeptHandovers, openHandovers } from './membership/index.ts'
import type { Network } from './network/index.ts'
import { createConnect, makeNetwork } from './node-network.ts'
import type { NodeOptions, NodeParts } from './node-options.ts'
import {
  type BlockHealer,
  createBlockFetcher,
  createBlockHealer,
  createLedger,
  createMemberDirectory,
  createReplicaPorts,
  createSigner,
  type HostedLedger,
  type RefreshingDirectory,
  signatureVerifier,
} from './replica/index.ts'
import { createSnapshotKeeper, type SnapshotKeeper } from './snapshots/index.ts'
import { handoversOfSnapshot, type Storage, storageFiles } from './storage/index.ts'

const SYNC_TIMEOUT_MS = 10_000
const HEAL_TIMEOUT_MS = 60_000

export interface Chain {
  readonly network: Network
  readonly handovers: KeptHandovers
  readonly ledger: HostedLedger
  /** Starts the network, unless it had to start for healing; `network.listen` when a port is taken. */
  readonly connect: () => Promise<Result<void>>
  readonly closeNetwork: () => Promise<void>
  readonly closeLedger: () => Promise<void>
}

interface ChainParts extends Chain {
  readonly directory: RefreshingDirectory
  readonly healer: BlockHealer
}

const makeChain = (
  options: NodeOptions,
  parts: NodeParts,
  storage: Storage,
  institution: Uint8Array,
  handovers: KeptHandovers,
  snapshots: SnapshotKeeper,
): ChainParts => {
  const { genesis, keys, config, paths } = options
  const logger = parts.logger.child({ part: 'ledger' })
  const directory = createMemberDirectory(genesis)
  const network = makeNetwork(options, parts, directory)
  const checked = {
    ...parts,
    logger,
    storage,
    network,
    networkId: networkIdOf(genesis),
    validatorsAt: handovers.validatorsAt,
    verifier: signatureVerifier,
  }
  const healer = createBlockHealer(checked)
  const { readBlock } = healer
  const replica = createReplica({
    genesis,
    self: config.isValidator ? { institution, signer: createSigner(keys.votingSeed) } : undefined,
    ports: createReplicaPorts(storage, signatureVerifier, readBlock),
    options: { snapshotBlocks: config.storage.snapshotEveryBlocks, ...options.replica },
  })
  network.serve('snapshot', (_, request) => snapshots.answer(request))
  const evidenceFile = storageFiles(paths).evidence
  const ledger = createLedger(
    { evidenceFile, syncTimeoutMs: SYNC_TIMEOUT_MS },
    {
      ...parts,
      logger,
      replica,
      storage,
      network,
      readBlock,
      fetchBlock: createBlockFetcher(checked),
      onCheckpoint: snapshots.onCheckpoint,
    },
  )
  const closeLedger = async (): Promise<void> => {
    healer.close()
    await ledger.close()
    await snapshots.close()
    await handovers.close()
  }
  const connect = createConnect(network, config)
  const closeNetwork = network.close
  return { network, ledger, handovers, directory, healer, connect, closeNetwork, closeLedger }
}

/** Fetches what the start met as damaged; a refusal when the others do not supply it in time. */
const healFirst = async (
  { healer, connect }: ChainParts,
  { logger }: NodeParts,
  timeoutMs: number,
): Promise<Result<void>> => {
  const heights = healer.damaged().join(', ')
  logger.warn({ heights }, 'damaged blocks are fetched from the other nodes before the start')
  const connected = await connect()
  if (!connected.ok) return connected
  return (await healer.whenHealed(timeoutMs))
    ? ok(undefined)
    : refuse(
        'storage.block-awaited',
        `Blocks ${healer.damaged().join(', ')} are not as they were written, and no other node supplied them.`,
      )
}

/** Loads the chain, healing blocks that it needs, until the replica runs or refuses what it finds on disk. */
const load = async (
  chain: ChainParts,
  parts: NodeParts,
  halt: () => Refusal | undefined,
  healTimeoutMs = HEAL_TIMEOUT_MS,
): Promise<Result<void>> => {
  for (;;) {
    await chain.ledger.start()
    const halted = halt()
    if (!halted) return ok(undefined)
    if (halted.code !== 'store.block-missing' || chain.healer.damaged().length === 0) return halted
    const healed = await healFirst(chain, parts, healTimeoutMs)
    if (!healed.ok) return healed
  }
}

/**
 * The chain as the disk has it, with blocks that the start needs and finds damaged fetched from the others first:
 * nothing is signed before (consensus Q50). A refusal when the replica halts on what it finds.
 */
export const startChain = async (
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
  const takeHalt = (): Refusal | undefined => {
    const found = halted
    halted = undefined
    return found
  }
  const files = storageFiles(options.paths)
  const handovers = await openHandovers({
    file: files.handovers,
    spare: () => handoversOfSnapshot(files.snapshots),
    genesis: options.genesis,
    verifier: signatureVerifier,
    logger: parts.logger.child({ part: 'handovers' }),
  })
  const { genesis, config } = options
  const snapshots = await createSnapshotKeeper(
    { folder: files.snapshots, ...config.storage },
    {
      ...parts,
      storage,
      handovers,
      genesis,
      verifier: signatureVerifier,
      logger: parts.logger.child({ part: 'snapshots' }),
    },
  )
  const chain = makeChain(options, { ...parts, onHalt }, storage, institution, handovers, snapshots)
  const loaded = await load(chain, parts, takeHalt, options.healTimeoutMs)
  isStarted = true
  if (!loaded.ok) {
    await chain.closeNetwork()
    await chain.closeLedger()
    return loaded
  }
  const { directory, ledger } = chain
  directory.refresh(ledger.view())
  ledger.onCommitted((event) => directory.follow(event, ledger.view()))
  await handovers.follow(ledger)
  return ok(chain)
}
