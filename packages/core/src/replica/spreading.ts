import { encodeFrame } from '../consensus/messages.ts'
import type { PendingTransaction } from '../contracts/execute.ts'
import { blob, encode, list } from '../encoding/index.ts'
import { TRANSACTION_SIZE_BYTES_MAX } from '../ledger/transaction.ts'
import { faultyMax } from '../validators/quorum.ts'
import { validatorIndexOf } from '../validators/validator-set.ts'
import { readyAt } from './block-time.ts'
import { type ReplicaScope, setTimerBy } from './scope.ts'

const BUNDLE_TRANSACTIONS_MAX = 1024
/** An own transaction that still waits is gossiped again this often. */
const REGOSSIP_MS = 2000
/** How often what waits is looked through for such ones. */
export const REGOSSIP_LOOK_MS = 250

export const bundleSchema = list(blob(TRANSACTION_SIZE_BYTES_MAX), BUNDLE_TRANSACTIONS_MAX)

/** Whether the validators connected here are more than may be faulty, so that one of them at least proposes what it gets. */
const reachesValidators = ({ self, chain, memory }: ReplicaScope): boolean => {
  const { validators } = chain.head()
  if (self === undefined || validatorIndexOf(validators, self.institution) < 0) return false
  let missing = faultyMax(validators.length) + 1
  for (const institution of memory.peers.values()) {
    if (institution !== undefined && validatorIndexOf(validators, institution) >= 0) missing -= 1
    if (missing === 0) return true
  }
  return missing === 0
}

/**
 * Sends the waiting bundle straight to the validators, who alone need it; through gossip, which costs each node far
 * more, only where too few of them are connected or the straight way has failed (consensus Q66).
 */
export const flushBundle = (scope: ReplicaScope, isAgain = false): void => {
  const { memory, out } = scope
  if (memory.bundle.length === 0) return
  const bytes = encode(bundleSchema, memory.bundle)
  if (!isAgain && reachesValidators(scope)) {
    out.push({ type: 'broadcast', frame: encodeFrame({ type: 'bundle', bundle: bytes }) })
  } else out.push({ type: 'gossip', topic: 'bundles', bytes })
  memory.bundle = []
  memory.bundleSizeBytes = 0
}

const enqueue = (scope: ReplicaScope, pending: PendingTransaction, isAgain = false): void => {
  const { memory, options, nowMs } = scope
  if (memory.bundle.length === 0) memory.bundleSinceMs = nowMs
  memory.gossipedAtMs.set(pending.names.txId, nowMs)
  const isOver = memory.bundleSizeBytes + pending.bytes.length > options.bundleSizeBytesMax
  if (isOver || memory.bundle.length >= BUNDLE_TRANSACTIONS_MAX) flushBundle(scope, isAgain)
  memory.bundle.push(pending.bytes)
  memory.bundleSizeBytes += pending.bytes.length
}

/**
 * From when on a proposer may put it to use that builds no earlier than `buildMs`. A third of the block interval before
 * that is early enough: where a bundle is longer on its way, consensus takes the interval, and nothing is held back.
 */
const neededAt = ({ chain }: ReplicaScope, buildMs: number): number =>
  buildMs - Math.floor(chain.head().parameters.blockIntervalMs / 3)

/** The block that is proposed at this height takes nothing more in. */
const nextBuildAt = (scope: ReplicaScope): number => {
  const intervalMs = scope.chain.head().parameters.blockIntervalMs
  return readyAt(scope) + (scope.engine.view().hasProposal ? intervalMs : 0)
}

const isOwnTurn = ({ self, chain, engine }: ReplicaScope): boolean =>
  self !== undefined &&
  validatorIndexOf(chain.head().validators, self.institution) === engine.view().proposerIndex

/** When the bundle leaves if nothing happens; what waits for a decision goes with it, and the own proposal has it in front. */
const leavesAt = (scope: ReplicaScope): number => {
  const { engine, memory, options } = scope
  const lastMs = memory.bundleSinceMs + options.bundleWaitMsMax
  if (engine.view().hasProposal || isOwnTurn(scope)) return lastMs
  const neededMs = neededAt(scope, readyAt(scope))
  return Math.min(lastMs, Math.max(memory.bundleSinceMs + options.bundleDelayMs, neededMs))
}

/** Takes an own transaction into the bundle; one with enough company leaves at once. */
export const spread = (scope: ReplicaScope, pending: PendingTransaction): void => {
  enqueue(scope, pending)
  if (scope.memory.bundle.length >= scope.options.bundleTransactions) flushBundle(scope)
  setTimerBy(scope, 'bundle', scope.memory.bundle.length > 0 ? leavesAt(scope) : scope.nowMs + REGOSSIP_MS)
}

/** With the own commit: with its bundle in front the next proposer has all when it decides, and one message carries both. */
export const spreadWithCommit = (scope: ReplicaScope): void => {
  if (scope.nowMs >= neededAt(scope, nextBuildAt(scope))) flushBundle(scope)
}

/** A block is applied: what came too late for it may be what the next proposer waits for, if nothing is proposed soon. */
export const spreadAfterDecision = (scope: ReplicaScope): void => {
  const { memory, nowMs, options } = scope
  if (memory.bundle.length === 0) return
  const neededMs = neededAt(scope, readyAt(scope))
  const lastMs = memory.bundleSinceMs + options.bundleWaitMsMax
  setTimerBy(scope, 'bundle', Math.min(lastMs, Math.max(nowMs + options.bundleDelayMs, neededMs)))
}

/** Own transactions that no block has taken for a while, to all nodes. */
const regossip = (scope: ReplicaScope): void => {
  const { memory, mempool, nowMs } = scope
  memory.regossipAtMs = nowMs + REGOSSIP_LOOK_MS
  const late = [...mempool.entries()].filter(({ isOwn, pending, arrivedMs }) => {
    const lastMs = memory.gossipedAtMs.get(pending.names.txId) ?? arrivedMs
    const isClockSetBack = lastMs > nowMs
    return isOwn && (isClockSetBack || nowMs - lastMs >= REGOSSIP_MS)
  })
  if (late.length === 0) return
  flushBundle(scope)
  for (const { pending } of late) enqueue(scope, pending, true)
  flushBundle(scope, true)
}

export const onBundleTimer = (scope: ReplicaScope): void => {
  const { memory, nowMs } = scope
  const leavesMs = memory.bundle.length > 0 ? leavesAt(scope) : nowMs
  if (leavesMs > nowMs) setTimerBy(scope, 'bundle', leavesMs)
  else flushBundle(scope)
  if (nowMs >= memory.regossipAtMs) regossip(scope)
  if (memory.gossipedAtMs.size > 0) setTimerBy(scope, 'bundle', nowMs + REGOSSIP_MS)
}
