import { createTurnoverMap } from '../collections/index.ts'
import { createEngine } from '../consensus/engine.ts'
import { ok, type Result } from '../encoding/index.ts'
import { type Genesis, networkIdOf } from '../ledger/genesis.ts'
import { createMempool } from '../mempool/mempool.ts'
import { createFetcher } from '../sync/fetcher.ts'
import { createCachedVerifier } from './cached-verifier.ts'
import { openChain } from './open-chain.ts'
import { DEFAULT_OPTIONS, type ReplicaOptions } from './options.ts'
import type { ReplicaPorts, ReplicaSelf } from './ports.ts'
import { createQuarantine } from './quarantine.ts'
import { isSilent } from './recovery.ts'
import { createRoundPace } from './round-pace.ts'
import { type LedgerRules, NETWORK_RULES } from './rules.ts'
import type { ReplicaMemory, ReplicaScope } from './scope.ts'
import { createSigningGuard } from './signing-guard.ts'
import { createThroughput } from './throughput.ts'
import { createWantedMemory } from './wanted-memory.ts'

export interface ReplicaConfig {
  readonly genesis: Genesis
  /** Absent for an observer. */
  readonly self?: ReplicaSelf | undefined
  readonly ports: ReplicaPorts
  readonly options?: Partial<ReplicaOptions> | undefined
  /** Other rules than the network's, in tests. */
  readonly rules?: LedgerRules | undefined
}

const createMemory = (nowMs: number): ReplicaMemory => ({
  walHeight: undefined,
  walHeader: new Uint8Array(0),
  lastSigned: undefined,
  decidedAtMs: nowMs,
  checkpointHeight: 0,
  checkpointAtMs: nowMs,
  checkpointing: undefined,
  held: undefined,
  bundle: [],
  bundleSizeBytes: 0,
  bundleSinceMs: nowMs,
  regossipAtMs: nowMs,
  gossipedAtMs: createTurnoverMap(),
  parked: [],
  parkedCostUs: 0,
  peers: new Map(),
  wanted: createWantedMemory(),
  bodiesServed: new Map(),
  decidedTimesMs: new Map(),
  prunedBy: new Set(),
  prunedSaidAtMs: Number.NEGATIVE_INFINITY,
  answeredAtMs: new Map(),
  walRecords: [],
  reportedHeads: undefined,
  isForgetful: false,
  unknownSignatures: 0,
  isSilenced: false,
  summaries: [],
  evidenceCount: 0,
  warned: new Set(),
  warnedOfVersion: undefined,
  isHalted: false,
  timers: new Map(),
  lastTimerId: 0,
})

/** Loads the chain and puts the parts together; a refusal means that the disk cannot be trusted. */
export const assemble = (config: ReplicaConfig, nowMs: number): Result<ReplicaScope> => {
  const { genesis, ports, self } = config
  const options = { ...DEFAULT_OPTIONS, ...config.options }
  const chain = openChain(genesis, config.rules ?? NETWORK_RULES, ports)
  if (!chain.ok) return chain
  const guard = createSigningGuard(self?.signer)
  const verifier = createCachedVerifier(ports.verifier)
  const memory = createMemory(nowMs)
  memory.checkpointHeight = ports.state.checkpoint()?.height ?? 0
  const pace = createRoundPace(options)
  const engine = createEngine({
    networkId: networkIdOf(genesis),
    verifier,
    sign: (position, message) => (isSilent(memory) ? undefined : guard.sign(position, message)),
    timeoutMs: pace.timeoutMs,
  })
  const mempool = createMempool({
    transactionsMax: options.mempoolTransactionsMax,
    sizeBytesMax: options.mempoolSizeBytesMax,
    perAccountMax: options.mempoolPerAccountMax,
    perInstitutionMax: options.mempoolPerInstitutionMax,
    perInstitutionSizeBytesMax: options.mempoolPerInstitutionSizeBytesMax,
  })
  return ok({
    self,
    ports,
    options,
    verifier,
    chain: chain.value,
    engine,
    pace,
    quarantine: createQuarantine(),
    throughput: createThroughput(),
    mempool,
    fetcher: createFetcher(),
    guard,
    executed: createTurnoverMap(),
    memory,
    queue: [],
    nowMs,
    out: [],
  })
}
