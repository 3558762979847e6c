import { hexFromBytes, ok, type Result, refuse } from '../encoding/index.ts'
import { type CommittedBlock, decodeCommittedBlock } from '../ledger/block.ts'
import {
  answerRequest,
  decodeSyncRequest,
  decodeSyncResponse,
  encodeSyncRequest,
  encodeSyncResponse,
  validateCommitted,
} from '../sync/index.ts'
import { TRUSTING_VERIFIER } from './cached-verifier.ts'
import { applyDecision, type Decision, finishCommits } from './commit-block.ts'
import type { GossipVerdict, PeerId, StoredBlock } from './effects.ts'
import { executeBlock, validateVersion } from './execute-block.ts'
import { awaitsReports, noteReportedHead } from './recovery.ts'
import { halt, log, type ReplicaScope, setTimer, setTimerBy, warnOnce } from './scope.ts'

/** A vote for the next height often overtakes the commits of this one: that long it waits before anything is asked. */
const OVERTAKE_MS = 100

/** A validator that may not sign before the others have said how far they are asks everybody this often. */
const SILENT_POLL_MS = 1000

/** Sends a request if somebody may have blocks from `fromHeight` on and none is under way. */
const ask = (scope: ReplicaScope, fromHeight: number): void => {
  const { fetcher, options, out } = scope
  const request = fetcher.next(fromHeight, scope.nowMs)
  if (request === undefined) return
  const { to, token } = request
  const limits = { blocksMax: options.syncBlocksMax, sizeBytesMax: options.syncSizeBytesMax }
  out.push({ type: 'sync-request', to, token, bytes: encodeSyncRequest({ fromHeight, ...limits }) })
  setTimer(scope, 'sync', options.syncTimeoutMs)
}

/** Asks for what is missing above the head. */
export const pump = (scope: ReplicaScope): void => ask(scope, scope.chain.head().height + 1)

/** A neighbour gave reason to think that it holds `height`. */
export const noteHeight = (scope: ReplicaScope, peer: PeerId, height: number): void => {
  const head = scope.chain.head().height
  if (height <= head) return
  scope.fetcher.hint(peer, height)
  if (height > head + 1) pump(scope)
  else if (scope.fetcher.active() === undefined) setTimerBy(scope, 'sync', scope.nowMs + OVERTAKE_MS)
}

/** A quorum committed to a block that never came here: whoever is connected will have it in a moment. */
export const noteCertified = (scope: ReplicaScope, height: number): void => {
  log(scope, 'info', 'consensus.block-missing', { height })
  for (const peer of scope.memory.peers.keys()) noteHeight(scope, peer, height)
}

/** The next block, if a quorum committed to it; a quorum's block that does not execute here stops the node. */
const decisionFrom = (
  scope: ReplicaScope,
  committed: CommittedBlock,
  bytes: Uint8Array,
): Result<Decision> => {
  const { chain, verifier } = scope
  const { height } = committed.block.header
  if (height !== chain.head().height + 1)
    return refuse('block.wrong-height', 'The block does not stand on the head.')
  const supported = validateVersion(chain)
  if (!supported.ok) return supported
  const proven = validateCommitted(committed, chain.networkId, chain.head().validators, verifier)
  if (!proven.ok) return proven
  const { hash, wireHashes } = proven.value
  const known = scope.executed.get(hexFromBytes(hash))
  if (known) return ok({ executed: known, committed, bytes })
  const executed = executeBlock(chain, committed.block, hash, {
    verifier: TRUSTING_VERIFIER,
    wireHashes,
    pendingOf: scope.mempool.pendingOf,
  })
  if (executed.ok) return ok({ executed: executed.value, committed, bytes })
  const message = `A quorum decided block ${height}, which this node cannot execute: ${executed.code}.`
  halt(scope, refuse('state.diverged', message))
  return executed
}

/** Takes consecutive committed blocks, skipping those already here; what came before a bad one stays. */
const importBlocks = (scope: ReplicaScope, blocks: readonly Uint8Array[]): Result<number> => {
  const decisions: Decision[] = []
  const stored: StoredBlock[] = []
  let failure: Result<never> | undefined
  for (const bytes of blocks) {
    const decoded = decodeCommittedBlock(bytes)
    if (decoded.ok && decoded.value.block.header.height <= scope.chain.head().height) continue
    const decision = decoded.ok ? decisionFrom(scope, decoded.value, bytes) : decoded
    if (!decision.ok) {
      failure = decision
      break
    }
    decisions.push(decision.value)
    stored.push(applyDecision(scope, decision.value))
    scope.executed.clear()
  }
  if (decisions.length > 0) {
    scope.out.push({ type: 'append-blocks', blocks: stored })
    finishCommits(scope, decisions)
  }
  return failure ?? ok(decisions.length)
}

/** A committed block that came unasked: by gossip, or as the answer to a vote at a decided height. */
export const onCommittedBlock = (scope: ReplicaScope, from: PeerId, bytes: Uint8Array): GossipVerdict => {
  const { chain, verifier, fetcher } = scope
  const decoded = decodeCommittedBlock(bytes)
  if (!decoded.ok) return 'reject'
  const { height } = decoded.value.block.header
  const head = chain.head()
  if (height <= head.height) return 'ignore'
  if (height === head.height + 1) {
    const imported = importBlocks(scope, [bytes])
    if (imported.ok) fetcher.hint(from, height)
    else warnOnce(scope, 'sync.block-refused', from, { height, code: imported.code })
    return imported.ok ? 'accept' : 'reject'
  }
  const isCertified = validateCommitted(decoded.value, chain.networkId, head.validators, verifier).ok
  noteHeight(scope, from, height)
  return isCertified ? 'accept' : 'ignore'
}

/** The answer to a laggard: one block, and probably more where it came from. */
export const onDecidedFrame = (scope: ReplicaScope, from: PeerId, committed: Uint8Array): void => {
  const before = scope.chain.head().height
  onCommittedBlock(scope, from, committed)
  const { height } = scope.chain.head()
  if (height === before || scope.memory.isHalted) return
  scope.fetcher.hint(from, height + 1)
  pump(scope)
}

export const onSyncRequest = (scope: ReplicaScope, token: number, bytes: Uint8Array): void => {
  const { chain, ports, out } = scope
  const request = decodeSyncRequest(bytes)
  const headHeight = chain.head().height
  const response = request.ok
    ? answerRequest(request.value, headHeight, ports.blocks.readBlock)
    : { headHeight, blocks: [] }
  out.push({ type: 'sync-respond', token, bytes: encodeSyncResponse(response) })
}

/** How often the log says that nobody has the next block any more. */
const PRUNED_SAY_MS = 60_000

/** The neighbour's head is at or above a height whose block it does not give (consensus Q74). */
const notePruned = (scope: ReplicaScope, from: PeerId, height: number): void => {
  const { memory, nowMs } = scope
  memory.prunedBy.add(from)
  const isEverybody = [...memory.peers.keys()].every((peer) => memory.prunedBy.has(peer))
  if (!isEverybody || nowMs < memory.prunedSaidAtMs + PRUNED_SAY_MS) return
  memory.prunedSaidAtMs = nowMs
  const reason = `No connected member keeps block ${height} any more; begin with a snapshot in an empty home.`
  log(scope, 'warn', 'sync.pruned', { height, reason })
}

/** An answer: the next request goes out before these blocks are worked through. */
export const onSyncResponse = (scope: ReplicaScope, from: PeerId, token: number, bytes: Uint8Array): void => {
  const { fetcher, chain } = scope
  const response = decodeSyncResponse(bytes)
  if (!response.ok) {
    onSyncFailed(scope, from, token, response.code)
    return
  }
  const { headHeight, blocks } = response.value
  const request = fetcher.answered(from, token, headHeight, blocks.length, scope.nowMs)
  if (request === undefined) return
  noteReportedHead(scope, from, headHeight)
  if (blocks.length > 0) scope.memory.prunedBy.clear()
  else if (headHeight >= request.fromHeight) notePruned(scope, from, request.fromHeight)
  const nextHeight = request.fromHeight + blocks.length
  if (headHeight >= nextHeight && blocks.length > 0) ask(scope, nextHeight)
  const imported = importBlocks(scope, blocks)
  if (scope.memory.isHalted) return
  if (!imported.ok) {
    log(scope, 'warn', 'sync.answer-refused', { code: imported.code })
    fetcher.failed(from, undefined, chain.head().height)
  }
  pump(scope)
  rest(scope)
}

/** With nothing to ask for, somebody is asked now and then all the same: every hint may have been lost. */
export const rest = (scope: ReplicaScope): void => {
  if (scope.fetcher.active() !== undefined) return
  const delayMs = awaitsReports(scope) ? SILENT_POLL_MS : 2 * scope.chain.head().parameters.heartbeatMs
  setTimerBy(scope, 'sync', scope.nowMs + delayMs)
}

export const onSyncFailed = (scope: ReplicaScope, from: PeerId, token: number, code: string): void => {
  log(scope, 'info', 'sync.failed', { code })
  scope.fetcher.failed(from, token, scope.chain.head().height)
  pump(scope)
  rest(scope)
}

export const onSyncTimer = (scope: ReplicaScope): void => {
  const { fetcher, chain, memory, nowMs } = scope
  if (awaitsReports(scope)) fetcher.poll(true)
  const active = fetcher.active()
  if (active !== undefined) {
    onSyncFailed(scope, active.to, active.token, 'sync.timeout')
    return
  }
  if (nowMs - memory.decidedAtMs >= 2 * chain.head().parameters.heartbeatMs) fetcher.poll(false)
  pump(scope)
  rest(scope)
}
