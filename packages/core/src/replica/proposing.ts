import type { PendingTransaction } from '../contracts/execute.ts'
import { assertInvariant } from '../encoding/index.ts'
import { validatorIndexOf } from '../validators/validator-set.ts'
import { blockTimeFloor, readyAt } from './block-time.ts'
import { buildBlock } from './build-block.ts'
import { beginBlockRun, proposerIndexAt } from './execute-block.ts'
import { judgingCostUs, REFUSED_COST_US_MAX } from './judging-cost.ts'
import { keepExecuted, log, type ReplicaScope, setTimer, tellEngine } from './scope.ts'
import { flushBundle } from './spreading.ts'
import { noteDropped } from './transactions.ts'

const isHeldBack = ({ quarantine, chain, nowMs }: ReplicaScope, { wireHash }: PendingTransaction): boolean =>
  quarantine.holds(wireHash, chain.head().height + 1, nowMs)

/** Builds a block for a round and hands it to the engine. */
export const buildFor = (scope: ReplicaScope, round: number): void => {
  const { self, chain, mempool, verifier, nowMs } = scope
  if (self === undefined) return
  const timeMs = Math.max(nowMs, blockTimeFloor(scope))
  const { assemblyCostMsMax } = scope.options
  const plan = {
    round,
    timeMs,
    proposer: self.institution,
    costUsMax: assemblyCostMsMax * 1000 * scope.pace.share(),
    isHeldBack: (pending: PendingTransaction) => isHeldBack(scope, pending),
  }
  const { executed, dropped } = buildBlock(chain, mempool, plan, verifier)
  for (const each of dropped) noteDropped(scope, each)
  if (executed.transactions.length === 0 && round === 0 && !isHeartbeatDue(scope)) return
  flushBundle(scope)
  keepExecuted(scope, executed)
  log(scope, 'debug', 'proposal.built', {
    height: chain.head().height + 1,
    round,
    transactions: executed.transactions.length,
  })
  tellEngine(scope, { type: 'built', round, block: executed.block })
}

const heartbeatAt = ({ chain, memory }: ReplicaScope): number => {
  const { timeMs, parameters } = chain.head()
  return Math.min(timeMs, memory.decidedAtMs) + parameters.heartbeatMs
}

const isHeartbeatDue = (scope: ReplicaScope): boolean => scope.nowMs >= heartbeatAt(scope)

/**
 * Whether anything that waits could stand in a block now; what could not leaves the mempool. It is looked at in parts:
 * all that became stale at once could take seconds.
 */
const hasAdmissible = (scope: ReplicaScope): boolean => {
  const { mempool, chain, verifier, nowMs } = scope
  const { blockBytesMax } = chain.head().parameters
  const proposer = chain.head().validators[proposerIndexAt(chain, 0)]?.institution
  assertInvariant(proposer !== undefined, 'no proposer')
  const timeMs = Math.max(nowMs, blockTimeFloor(scope))
  const run = beginBlockRun(chain, { round: 0, timeMs, proposer }, verifier)
  let refusedCostUs = 0
  const { taken, dropped } = mempool.select({ transactions: 1, sizeBytes: blockBytesMax }, ({ pending }) => {
    if (refusedCostUs >= REFUSED_COST_US_MAX) return { type: 'end' }
    if (isHeldBack(scope, pending)) return { type: 'skip' }
    const added = run.add(pending)
    if (added.ok) return { type: 'take' }
    refusedCostUs += judgingCostUs(pending)
    return { type: 'drop', refusal: added }
  })
  for (const each of dropped) noteDropped(scope, each)
  return taken.length > 0
}

/** Arrival of what waits the longest; the mempool keeps the order of arrival. */
const oldestArrival = (scope: ReplicaScope): number | undefined => {
  for (const { arrivedMs, pending } of scope.mempool.entries())
    if (!isHeldBack(scope, pending)) return Math.min(arrivedMs, scope.nowMs)
  return undefined
}

/** When this validator proposes or, if it is another's turn, puts that one on the clock. */
const dueAt = (scope: ReplicaScope, isProposer: boolean): number => {
  const graceMs = isProposer ? 0 : scope.options.proposerGraceMs
  const arrivedMs = oldestArrival(scope)
  if (arrivedMs === undefined) return heartbeatAt(scope) + graceMs
  return Math.min(heartbeatAt(scope), Math.max(arrivedMs, readyAt(scope))) + graceMs
}

/** Nothing of the `looked` that waited was good: if some of it is gone, what was not looked at is next, else the heartbeat. */
const lookAgain = (scope: ReplicaScope, looked: number, graceMs: number): void => {
  const isAll = scope.mempool.size().transactions === looked
  setTimer(scope, 'propose', isAll ? Math.max(1, heartbeatAt(scope) + graceMs - scope.nowMs) : 1)
}

const maySign = ({ guard, chain, memory }: ReplicaScope): boolean =>
  memory.reportedHeads === undefined && guard.reasonAt(chain.head().height + 1) === undefined

/**
 * Round 0: the proposer proposes once there is a transaction or the heartbeat is due; the others start the round's
 * timer a little later. While there is neither, nobody is accused of anything (consensus Q8).
 */
export const considerProposing = (scope: ReplicaScope): void => {
  const { self, engine, chain, memory, nowMs } = scope
  if (self === undefined || memory.isHalted) return
  const view = engine.view()
  const index = validatorIndexOf(chain.head().validators, self.institution)
  const isProposer = view.proposerIndex === index && maySign(scope)
  const mayWait = index >= 0 && view.round === 0 && !view.hasProposal && !view.hasProposed && !view.isDecided
  if (!mayWait || (!isProposer && view.isArmed)) return
  const dueMs = dueAt(scope, isProposer)
  if (nowMs < dueMs) {
    if (memory.timers.get('propose')?.dueMs !== dueMs) setTimer(scope, 'propose', dueMs - nowMs)
    return
  }
  const waiting = scope.mempool.size().transactions
  if (isProposer) buildFor(scope, 0)
  else if (isHeartbeatDue(scope) || hasAdmissible(scope)) tellEngine(scope, { type: 'awaiting' })
  if (scope.queue.length === 0) lookAgain(scope, waiting, isProposer ? 0 : scope.options.proposerGraceMs)
}
