import { encodeFrame } from '../consensus/messages.ts'
import { type PendingTransaction, pendingFromBytes } from '../contracts/execute.ts'
import { blob, decode, encode, list, ok, type Result } from '../encoding/index.ts'
import { TRANSACTION_SIZE_BYTES_MAX } from '../ledger/transaction.ts'
import type { DroppedTransaction, MempoolEntry } from '../mempool/mempool.ts'
import { isBusy } from '../mempool/mempool.ts'
import { createReadView } from '../state/view.ts'
import { faultyMax } from '../validators/quorum.ts'
import { validatorIndexOf } from '../validators/validator-set.ts'
import type { GossipVerdict } from './effects.ts'
import { judgeAlone } from './execute-block.ts'
import { judgingCostUs } from './judging-cost.ts'
import { type ReplicaScope, setTimerBy } from './scope.ts'
import { reconsiderWanted } from './wanted-blocks.ts'

const BUNDLE_TRANSACTIONS_MAX = 1024
/** What is tried once more after a block takes no longer than judging one, by estimate. */
const PARKED_COST_US_MAX = 150_000
/** No later state is likely to make these good, and each try costs a check of a signature. */
const FALSE_CODES: readonly string[] = ['tx.bad-signature', 'tx.bad-statement']
/** An own transaction that still waits is gossiped again this often. */
const REGOSSIP_MS = 2000
/** How often what waits is looked through for such ones. */
export const REGOSSIP_LOOK_MS = 250

const bundleSchema = list(blob(TRANSACTION_SIZE_BYTES_MAX), BUNDLE_TRANSACTIONS_MAX)

type Origin = 'own' | 'bundle' | 'parked'

/**
 * The one rule of admission, asked against the head, then the mempool's own bounds. What another node sends it has
 * executed before: here that comes when a block takes it in (consensus Q66).
 */
const admit = (scope: ReplicaScope, pending: PendingTransaction, origin: Origin): Result<Uint8Array> => {
  const { chain, mempool, verifier, nowMs } = scope
  if (!mempool.has(pending.names.txId)) {
    const timeMs = Math.max(nowMs, chain.head().timeMs + 1)
    const admissible = judgeAlone(
      chain,
      pending,
      origin === 'bundle' ? 'validate' : 'execute',
      timeMs,
      verifier,
    )
    if (!admissible.ok) return admissible
  }
  const institution = chain.rules.institutionOf(createReadView(chain.tree), pending.transaction.body.sender)
  const added = mempool.add({ pending, institution, arrivedMs: nowMs, isOwn: origin === 'own' })
  return added.ok ? ok(pending.txId) : added
}

/** A transaction has left the mempool for good. */
export const noteDropped = (
  { memory, out }: ReplicaScope,
  { entry: { pending }, refusal }: DroppedTransaction,
): void => {
  memory.gossipedAtMs.delete(pending.names.txId)
  out.push({ type: 'dropped', txId: pending.txId, refusal })
}

const park = ({ memory }: ReplicaScope, pending: PendingTransaction): void => {
  const costUs = memory.parkedCostUs + judgingCostUs(pending)
  if (costUs > PARKED_COST_US_MAX) return
  memory.parked.push(pending)
  memory.parkedCostUs = costUs
}

/** A block could not take them in: what others have sent may stand on the next state. */
export const dropFromMempool = (scope: ReplicaScope, dropped: readonly DroppedTransaction[]): void => {
  for (const each of dropped) {
    noteDropped(scope, each)
    if (!each.entry.isOwn && !FALSE_CODES.includes(each.refusal.code)) park(scope, each.entry.pending)
  }
}

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
  memory.bundledAtMs = scope.nowMs
}

const enqueue = (scope: ReplicaScope, { pending }: Pick<MempoolEntry, 'pending'>, isAgain = false): void => {
  const { memory, options, nowMs } = scope
  memory.gossipedAtMs.set(pending.names.txId, nowMs)
  const isOver = memory.bundleSizeBytes + pending.bytes.length > options.bundleSizeBytesMax
  if (isOver || memory.bundle.length >= BUNDLE_TRANSACTIONS_MAX) flushBundle(scope, isAgain)
  memory.bundle.push(pending.bytes)
  memory.bundleSizeBytes += pending.bytes.length
}

/** A client's transaction: answered at once, spread with others a moment later. */
export const onSubmit = (scope: ReplicaScope, token: number, bytes: Uint8Array): void => {
  const { out, options, nowMs, memory } = scope
  const pending = pendingFromBytes(bytes)
  const result = pending.ok ? admit(scope, pending.value, 'own') : pending
  out.push({ type: 'submit-result', token, result })
  if (!pending.ok || !result.ok) return
  enqueue(scope, { pending: pending.value })
  const { bundleDelayMs, bundleIntervalMs } = options
  setTimerBy(scope, 'bundle', Math.max(nowMs + bundleDelayMs, memory.bundledAtMs + bundleIntervalMs))
}

/** Own transactions that no block has taken for a while, to all nodes. */
const regossip = (scope: ReplicaScope): void => {
  const { memory, mempool, nowMs } = scope
  for (const entry of mempool.entries()) {
    if (!entry.isOwn) continue
    const lastMs = memory.gossipedAtMs.get(entry.pending.names.txId) ?? entry.arrivedMs
    const isClockSetBack = lastMs > nowMs
    if (isClockSetBack || nowMs - lastMs >= REGOSSIP_MS) enqueue(scope, entry, true)
  }
  flushBundle(scope, true)
  memory.regossipAtMs = nowMs + REGOSSIP_LOOK_MS
}

export const onBundleTimer = (scope: ReplicaScope): void => {
  const { memory, nowMs } = scope
  flushBundle(scope)
  if (nowMs >= memory.regossipAtMs) regossip(scope)
  if (memory.gossipedAtMs.size > 0) setTimerBy(scope, 'bundle', nowMs + REGOSSIP_MS)
}

/** Another node's transactions: forwarded only if one of them is new and good. */
export const onBundle = (scope: ReplicaScope, bytes: Uint8Array): GossipVerdict => {
  const bundle = decode(bundleSchema, bytes, 2 * 1024 * 1024)
  if (!bundle.ok) return 'reject'
  let isUseful = false
  for (const each of bundle.value) {
    const pending = pendingFromBytes(each)
    if (!pending.ok) return 'reject'
    const result = admit(scope, pending.value, 'bundle')
    isUseful ||= result.ok
    if (result.ok || isBusy(result.code) || result.code === 'tx.repeated') continue
    if (!FALSE_CODES.includes(result.code)) park(scope, pending.value)
  }
  if (isUseful) reconsiderWanted(scope)
  return isUseful ? 'accept' : 'ignore'
}

/** What an older state refused may stand on the new one: tried once more, then forgotten. */
export const retryParked = (scope: ReplicaScope): void => {
  const { parked } = scope.memory
  scope.memory.parked = []
  scope.memory.parkedCostUs = 0
  for (const pending of parked) admit(scope, pending, 'parked')
}
