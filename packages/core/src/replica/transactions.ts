import { type PendingTransaction, pendingFromBytes } from '../contracts/execute.ts'
import { decode, ok, type Result, refuse } from '../encoding/index.ts'
import type { DroppedTransaction } from '../mempool/mempool.ts'
import { isBusy } from '../mempool/mempool.ts'
import type { GossipVerdict } from './effects.ts'
import { executeAlone } from './execute-block.ts'
import { judgingCostUs } from './judging-cost.ts'
import type { ReplicaScope } from './scope.ts'
import { bundleSchema, spread } from './spreading.ts'
import { reconsiderWanted } from './wanted-blocks.ts'

/** What is tried once more after a block takes no longer than judging one, by estimate. */
const PARKED_COST_US_MAX = 150_000
/** No later state is likely to make these good, and each try costs a check of a signature. */
const FALSE_CODES: readonly string[] = ['tx.bad-signature', 'tx.bad-statement']

const CROWDED = refuse(
  'mempool.full',
  'More transactions wait than blocks take in within two seconds; try again in a moment.',
)

/**
 * The mempool's bounds first, before anything is spent on it, those for clients of this node too; then the one rule of
 * admission, asked against the head.
 */
const admit = (scope: ReplicaScope, pending: PendingTransaction, isOwn: boolean): Result<Uint8Array> => {
  const { chain, mempool, throughput, verifier, nowMs } = scope
  const institution = chain.rules.institutionOf(chain.view, pending.transaction.body.sender)
  const entry = { pending, institution, arrivedMs: nowMs, isOwn }
  const fits = mempool.check(entry)
  if (!fits.ok) return fits
  if (isOwn && mempool.isCrowded(institution, throughput.room(nowMs))) return CROWDED
  const timeMs = Math.max(nowMs, chain.head().timeMs + 1)
  const admissible = executeAlone(chain, pending, timeMs, verifier)
  if (!admissible.ok) return admissible
  const added = mempool.add(entry)
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

/** A client's transaction: answered at once, spread with others a moment later. */
export const onSubmit = (scope: ReplicaScope, token: number, bytes: Uint8Array): void => {
  const pending = pendingFromBytes(bytes)
  const result = pending.ok ? admit(scope, pending.value, true) : pending
  scope.out.push({ type: 'submit-result', token, result })
  if (!pending.ok || !result.ok) return
  spread(scope, pending.value)
}

/** Another node's transactions: forwarded only if one of them is new and good. */
export const onBundle = (scope: ReplicaScope, bytes: Uint8Array): GossipVerdict => {
  const bundle = decode(bundleSchema, bytes, 2 * 1024 * 1024)
  if (!bundle.ok) return 'reject'
  let isUseful = false
  for (const each of bundle.value) {
    const pending = pendingFromBytes(each)
    if (!pending.ok) return 'reject'
    const result = admit(scope, pending.value, false)
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
  for (const pending of parked) admit(scope, pending, false)
}
