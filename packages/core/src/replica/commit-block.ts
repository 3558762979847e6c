import { nameFromBytes } from '../encoding/index.ts'
import { type CommittedBlock, encodeCommittedBlock } from '../ledger/block.ts'
import { wireHash } from '../ledger/transaction.ts'
import { validatorIndexOf } from '../validators/validator-set.ts'
import { beginHeight } from './begin-height.ts'
import type { ExecutedBlock } from './chain.ts'
import { considerCheckpoint } from './checkpoint.ts'
import type { ReplicaEffect, StoredBlock } from './effects.ts'
import { proposerIndexAt } from './execute-block.ts'
import { noteDecided } from './laggards.ts'
import { considerSpeaking, noteOwnSignature } from './recovery.ts'
import type { BlockSummary } from './replica-api.ts'
import { log, type ReplicaScope } from './scope.ts'
import { spreadAfterDecision } from './spreading.ts'
import { noteDropped, retryParked } from './transactions.ts'
import { forgetWanted } from './wanted-blocks.ts'

/** A block with its certificate, executed on the head. */
export interface Decision {
  readonly executed: ExecutedBlock
  readonly committed: CommittedBlock
  /** Encoded form, where it came from outside. */
  readonly bytes?: Uint8Array | undefined
}

const committedEffect = ({ executed, committed }: Decision): ReplicaEffect => ({
  type: 'committed',
  height: committed.block.header.height,
  hash: executed.hash,
  header: committed.block.header,
  certificate: committed.certificate,
  transactions: executed.transactions.map(({ pending, events }) => ({
    txId: pending.txId,
    kind: pending.transaction.body.kind,
    sender: pending.transaction.body.sender,
    events,
  })),
})

/** What `status` shows of a block. */
export const summaryOf = ({ block, certificate }: CommittedBlock, sizeBytes: number): BlockSummary => ({
  height: block.header.height,
  hash: certificate.blockHash,
  timeMs: block.header.timeMs,
  round: block.header.round,
  commitRound: certificate.round,
  proposer: block.header.proposer,
  transactions: block.transactions.length,
  sizeBytes,
})

const forget = (scope: ReplicaScope, { executed }: Decision): void => {
  for (const { pending } of executed.transactions) {
    scope.mempool.remove(pending.names.txId)
    scope.memory.gossipedAtMs.delete(pending.names.txId)
  }
  for (const each of scope.mempool.expire(executed.block.header.timeMs)) noteDropped(scope, each)
}

/** Before the decision is applied: whether this validator led the round that decided: it spreads the block among all nodes. */
export const isLeaderOf = (scope: ReplicaScope, commitRound: number): boolean => {
  const { validators } = scope.chain.head()
  const { self } = scope
  return (
    self !== undefined &&
    validatorIndexOf(validators, self.institution) === proposerIndexAt(scope.chain, commitRound)
  )
}

/**
 * Takes the next block into memory; `finishCommits` then tells the host. Blocks become durable before anything
 * else that follows from them happens (consensus Q46).
 */
export const applyDecision = (scope: ReplicaScope, decision: Decision): StoredBlock => {
  const bytes = decision.bytes ?? encodeCommittedBlock(decision.committed)
  noteOwnSignature(scope, decision.committed)
  scope.chain.apply(decision.executed)
  scope.memory.decidedAtMs = scope.nowMs
  noteDecided(scope, decision.committed.block.header.height)
  scope.throughput.decided(decision.executed.transactions.length, scope.nowMs)
  const { memory, options } = scope
  const summary = summaryOf(decision.committed, bytes.length)
  memory.summaries = [summary, ...memory.summaries].slice(0, options.summariesMax)
  return { height: decision.committed.block.header.height, bytes }
}

/** One failed proposal accuses its proposer, so many accuse what stands in all of them. */
const FAILED_FEW = 2

/** What stood in several proposals that came to nothing at the height in progress is left out of own blocks for a while. */
const quarantineFailed = (scope: ReplicaScope, { committed, executed }: Decision): void => {
  const { engine, quarantine } = scope
  const { height } = committed.block.header
  if (engine.view().height === height && committed.certificate.round >= FAILED_FEW) {
    const decided = new Set(executed.transactions.map(({ pending }) => pending.names.wireHash))
    const counts = new Map<string, number>()
    const failed: Uint8Array[] = []
    for (const hash of engine.blocks().flatMap(({ transactions }) => transactions.map(wireHash))) {
      const name = nameFromBytes(hash)
      const count = (counts.get(name) ?? 0) + 1
      counts.set(name, count)
      if (count === FAILED_FEW && !decided.has(name)) failed.push(hash)
    }
    quarantine.add(failed, height, scope.nowMs)
    if (failed.length > 0) log(scope, 'info', 'proposal.quarantined', { height, transactions: failed.length })
  }
  quarantine.advance(height)
}

/** What durable decisions mean, then the next height. */
export const finishCommits = (scope: ReplicaScope, decisions: readonly Decision[]): void => {
  scope.executed.clear()
  for (const decision of decisions) {
    scope.out.push(committedEffect(decision))
    forget(scope, decision)
    quarantineFailed(scope, decision)
  }
  scope.pace.stopped()
  forgetWanted(scope, true)
  considerCheckpoint(scope)
  retryParked(scope)
  considerSpeaking(scope)
  beginHeight(scope, [])
  spreadAfterDecision(scope)
}
