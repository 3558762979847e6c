import type { PendingTransaction } from '../contracts/execute.ts'
import type { SignatureVerifier } from '../crypto/signature.ts'
import { nameFromBytes } from '../encoding/index.ts'
import { type Block, blockHash, type Header, transactionsRootOf } from '../ledger/block.ts'
import type { DroppedTransaction, Mempool } from '../mempool/mempool.ts'
import { validatorSetHash } from '../validators/validator-set.ts'
import type { Chain, ExecutedBlock } from './chain.ts'
import { beginBlockRun, FULL } from './execute-block.ts'
import { JUDGING_COST_US_MIN, judgingCostUs, REFUSED_COST_US_MAX } from './judging-cost.ts'

export interface BuiltBlock {
  readonly executed: ExecutedBlock
  readonly dropped: readonly DroppedTransaction[]
}

export interface BlockPlan {
  readonly round: number
  readonly timeMs: number
  /** Institution that builds it. */
  readonly proposer: Uint8Array
  /**
   * Most that the block may take others to judge, by estimate. One transaction always fits, and the writes of the last
   * may go beyond.
   */
  readonly costUsMax: number
  /** Whether this node leaves the transaction out for now. */
  readonly isHeldBack: (pending: PendingTransaction) => boolean
}

/** Part of the payload that a round may carry: a block that nobody can judge must not stop the chain (consensus Q24). */
const payloadShare = (round: number): number => (round < 2 ? 1 : round < 4 ? 0.5 : 0)

/** A block for the plan's round above the head out of the mempool; refused transactions leave it. */
export const buildBlock = (
  chain: Chain,
  mempool: Mempool,
  { round, timeMs, proposer, costUsMax, isHeldBack }: BlockPlan,
  verifier: SignatureVerifier,
): BuiltBlock => {
  const head = chain.head()
  const { blockBytesMax, blockTransactionsMax } = head.parameters
  const share = payloadShare(round)
  const run = beginBlockRun(chain, { round, timeMs, proposer }, verifier)
  const budget = {
    transactions: Math.floor(blockTransactionsMax * share),
    sizeBytes: Math.floor(blockBytesMax * share),
  }
  let costLeftUs = costUsMax * share
  /** What was looked at in vain, by institution: what else it has waits, and holds up nobody's turn. */
  const refusedCostUs = new Map<string, number>()
  const { dropped } = mempool.select(budget, ({ pending, institution }) => {
    const isFirst = run.transactions.length === 0
    if (costLeftUs < JUDGING_COST_US_MIN && !isFirst) return { type: 'end' }
    const costUs = judgingCostUs(pending)
    if (costUs > costLeftUs && !isFirst) return { type: 'skip' }
    const name = nameFromBytes(institution)
    const inVainUs = refusedCostUs.get(name) ?? 0
    if (inVainUs >= REFUSED_COST_US_MAX || isHeldBack(pending)) return { type: 'skip' }
    const writtenBefore = run.overlay.changes.size
    const added = run.add(pending)
    if (added.ok) {
      costLeftUs -= judgingCostUs(pending, run.overlay.changes.size - writtenBefore)
      return { type: 'take' }
    }
    if (added.code === FULL.code) return { type: 'end' }
    refusedCostUs.set(name, inVainUs + costUs)
    // What only those in front of it in this block refuse may stand in another one.
    const alone = isFirst ? added : beginBlockRun(chain, { round, timeMs, proposer }, verifier).add(pending)
    return alone.ok ? { type: 'skip' } : { type: 'drop', refusal: alone }
  })
  const delta = chain.tree.deltaOf(run.overlay.changes)
  const header: Header = {
    version: head.protocolVersion,
    networkId: chain.networkId,
    height: head.height + 1,
    round,
    parentHash: head.hash,
    timeMs,
    proposer,
    transactionsRoot: transactionsRootOf(run.transactions.map(({ pending }) => pending.wireHash)),
    stateRoot: delta.root,
    logRoot: chain.logRoot(),
    logSize: chain.log().size,
    validatorSetHash: validatorSetHash(head.validators),
    nextValidatorSetHash: validatorSetHash(chain.rules.validatorSetIn(run.overlay.view)),
  }
  const block: Block = { header, transactions: run.transactions.map(({ pending }) => pending.bytes) }
  return { executed: { block, hash: blockHash(header), delta, transactions: run.transactions }, dropped }
}
