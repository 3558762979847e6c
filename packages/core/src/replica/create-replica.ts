import { createEngine } from '../consensus/engine.ts'
import { decodeFrame } from '../consensus/messages.ts'
import { roundTimeoutMs } from '../consensus/timeouts.ts'
import { assertInvariant } from '../encoding/index.ts'
import { type Genesis, networkIdOf } from '../ledger/genesis.ts'
import { createMempool } from '../mempool/mempool.ts'
import { createFetcher } from '../sync/fetcher.ts'
import { beginHeight } from './begin-height.ts'
import { createCachedVerifier } from './cached-verifier.ts'
import { considerCheckpoint, onCheckpointed } from './checkpoint.ts'
import type { PeerId, ReplicaEffect, TimerName } from './effects.ts'
import type { ReplicaInput } from './inputs.ts'
import { openChain } from './open-chain.ts'
import { DEFAULT_OPTIONS, type ReplicaOptions } from './options.ts'
import type { ReplicaPorts, ReplicaSelf } from './ports.ts'
import { considerProposing } from './proposing.ts'
import { isWithoutMemory, recover } from './recovery.ts'
import type { Replica } from './replica-api.ts'
import { type LedgerRules, NETWORK_RULES } from './rules.ts'
import { onHoldTimer, runEngine } from './run-engine.ts'
import { halt, type ReplicaMemory, type ReplicaScope, takeTimer, tellEngine } from './scope.ts'
import { createSigningGuard } from './signing-guard.ts'
import { statusOf } from './status.ts'
import {
  onCommittedBlock,
  onDecidedFrame,
  onSyncFailed,
  onSyncRequest,
  onSyncResponse,
  onSyncTimer,
  pump,
  rest,
} from './syncing.ts'
import { onBundle, onBundleTimer, onSubmit } from './transactions.ts'

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
  gossipedAtMs: new Map(),
  parked: [],
  parkedSizeBytes: 0,
  peers: new Map(),
  answeredAtMs: new Map(),
  reportedHeads: undefined,
  summaries: [],
  evidenceCount: 0,
  isHalted: false,
  timers: new Map(),
  lastTimerId: 0,
})

const onFrame = (scope: ReplicaScope, from: PeerId, bytes: Uint8Array): void => {
  const frame = decodeFrame(bytes)
  if (!frame.ok)
    scope.out.push({ type: 'log', level: 'warn', event: 'consensus.bad-frame', fields: { code: frame.code } })
  else if (frame.value.type === 'decided') onDecidedFrame(scope, from, frame.value.committed)
  else tellEngine(scope, { type: 'message', message: frame.value, from })
}

const onTimer = (scope: ReplicaScope, name: TimerName): void => {
  if (name === 'round' || name === 'resend') tellEngine(scope, { type: 'timer', name })
  else if (name === 'hold') onHoldTimer(scope)
  else if (name === 'bundle') onBundleTimer(scope)
  else if (name === 'sync') onSyncTimer(scope)
  else if (name === 'checkpoint') considerCheckpoint(scope)
}

const onPeerUp = (scope: ReplicaScope, peer: PeerId, institution: Uint8Array | undefined): void => {
  scope.memory.peers.set(peer, institution)
  scope.fetcher.peerUp(peer)
  pump(scope)
  tellEngine(scope, { type: 'peer', peer })
}

const onPeerDown = (scope: ReplicaScope, peer: PeerId): void => {
  scope.memory.peers.delete(peer)
  scope.memory.answeredAtMs.delete(peer)
  scope.fetcher.peerDown(peer)
  pump(scope)
}

const dispatch = (scope: ReplicaScope, input: Exclude<ReplicaInput, { type: 'start' }>): void => {
  if (input.type === 'frame') onFrame(scope, input.from, input.bytes)
  else if (input.type === 'gossip') {
    const take =
      input.topic === 'bundles'
        ? onBundle(scope, input.bytes)
        : onCommittedBlock(scope, input.from, input.bytes)
    scope.out.push({ type: 'gossip-verdict', token: input.token, verdict: take })
  } else if (input.type === 'sync-request') onSyncRequest(scope, input.token, input.bytes)
  else if (input.type === 'sync-response') onSyncResponse(scope, input.from, input.token, input.bytes)
  else if (input.type === 'sync-failed') onSyncFailed(scope, input.from, input.token, 'sync.no-answer')
  else if (input.type === 'submit') onSubmit(scope, input.token, input.bytes)
  else if (input.type === 'timer') {
    if (takeTimer(scope, input.name, input.id)) onTimer(scope, input.name)
  } else if (input.type === 'peer-up') onPeerUp(scope, input.peer, input.institution)
  else if (input.type === 'peer-down') onPeerDown(scope, input.peer)
  else onCheckpointed(scope, input.height)
}

/** Lets the engine hear everything, and propose where it is now this validator's turn. */
const settle = (scope: ReplicaScope): void => {
  do {
    runEngine(scope)
    considerProposing(scope)
  } while (scope.queue.length > 0 && !scope.memory.isHalted)
}

/** A clock that was set back must not leave anything waiting for the time it showed before. */
const beginInput = (scope: ReplicaScope, nowMs: number): void => {
  scope.nowMs = nowMs
  scope.out = []
  scope.memory.decidedAtMs = Math.min(scope.memory.decidedAtMs, nowMs)
  scope.memory.checkpointAtMs = Math.min(scope.memory.checkpointAtMs, nowMs)
}

type StartInput = Extract<ReplicaInput, { type: 'start' }>

/** Loads the chain and puts the parts together; a refusal means that the disk cannot be trusted. */
const assemble = (
  config: ReplicaConfig,
  nowMs: number,
): ReturnType<typeof openChain> | { ok: true; value: ReplicaScope } => {
  const { genesis, ports, self } = config
  const options = { ...DEFAULT_OPTIONS, ...config.options }
  const chain = openChain(genesis, config.rules ?? NETWORK_RULES, ports)
  if (!chain.ok) return chain
  const guard = createSigningGuard(self?.signer)
  const verifier = createCachedVerifier(ports.verifier)
  const memory = createMemory(nowMs)
  memory.checkpointHeight = ports.state.checkpoint()?.height ?? 0
  const engine = createEngine({
    networkId: networkIdOf(genesis),
    verifier,
    sign: (position, message) =>
      memory.reportedHeads === undefined ? guard.sign(position, message) : undefined,
    timeoutMs: (round) => roundTimeoutMs(round, options.roundTimeoutMs, options.roundTimeoutMsMax),
  })
  const mempool = createMempool({
    transactionsMax: options.mempoolTransactionsMax,
    sizeBytesMax: options.mempoolSizeBytesMax,
    perAccountMax: options.mempoolPerAccountMax,
    perInstitutionMax: options.mempoolPerInstitutionMax,
  })
  const scope: ReplicaScope = {
    self,
    ports,
    options,
    verifier,
    chain: chain.value,
    engine,
    mempool,
    fetcher: createFetcher(),
    guard,
    executed: new Map(),
    memory,
    queue: [],
    nowMs,
    out: [],
  }
  return { ok: true, value: scope }
}

const begin = (scope: ReplicaScope, { wal, lastSigned }: StartInput): void => {
  const records = recover(scope, wal, lastSigned)
  if (!records.ok) {
    halt(scope, records)
    return
  }
  const { height } = scope.chain.head()
  scope.out.push({
    type: 'log',
    level: 'info',
    event: 'replica.started',
    fields: { height, records: records.value.length },
  })
  beginHeight(scope, records.value)
  considerCheckpoint(scope)
  rest(scope)
}

/**
 * One node's consensus, ledger, mempool and sync as a single synchronous machine: inputs in, effects out.
 * The host carries out all effects of an input, in order, before it gives the next one.
 */
export const createReplica = (config: ReplicaConfig): Replica => {
  let scope: ReplicaScope | undefined
  const started = (): ReplicaScope => {
    assertInvariant(scope !== undefined, 'the replica has not started')
    return scope
  }

  const start = (input: StartInput): readonly ReplicaEffect[] => {
    assertInvariant(scope === undefined, 'the replica starts once')
    const assembled = assemble(config, input.nowMs)
    if (!assembled.ok) return [{ type: 'halt', refusal: assembled }]
    scope = assembled.value as ReplicaScope
    begin(scope, input)
    settle(scope)
    return scope.out
  }

  return {
    handle: (input) => {
      if (input.type === 'start') return start(input)
      const running = started()
      if (running.memory.isHalted) return []
      beginInput(running, input.nowMs)
      dispatch(running, input)
      settle(running)
      return running.out
    },
    status: () => statusOf(started(), isWithoutMemory(started())),
    reader: () => started().chain.tree,
    isRecent: (txId) => started().chain.ids.has(txId),
    isPending: (txId) => started().mempool.has(txId),
  }
}
