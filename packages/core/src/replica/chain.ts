import type { ContractEvent } from '../contracts/contract.ts'
import type { PendingTransaction } from '../contracts/execute.ts'
import {
  appendLeafHash,
  EMPTY_LOG,
  type LogFrontier,
  leafHash,
  rootFromFrontier,
} from '../crypto/merkle-log.ts'
import type { Block, Header } from '../ledger/block.ts'
import { type Genesis, type NetworkParameters, networkIdOf } from '../ledger/genesis.ts'
import { createIdWindow, type IdWindow } from '../mempool/id-window.ts'
import type { StateDelta, StateTree } from '../state/tree.ts'
import { createOverlay, type ReadView } from '../state/view.ts'
import type { ValidatorSet } from '../validators/validator-set.ts'
import type { LedgerRules } from './rules.ts'

/** The last decided block and what follows from the state after it. At height 0 the network id stands for a hash. */
export interface ChainHead {
  readonly height: number
  readonly hash: Uint8Array
  readonly timeMs: number
  readonly header: Header | undefined
  /** What holds for the next block. */
  readonly validators: ValidatorSet
  /** Indices of the validators that are passed over as its proposers. */
  readonly skipped: ReadonlySet<number>
  readonly parameters: NetworkParameters
  readonly protocolVersion: number
}

export interface ExecutedTransaction {
  readonly pending: PendingTransaction
  readonly events: readonly ContractEvent[]
}

/** A block with everything that follows from it, computed once and installed when it is decided. */
export interface ExecutedBlock {
  readonly block: Block
  readonly hash: Uint8Array
  readonly delta: StateDelta
  readonly transactions: readonly ExecutedTransaction[]
}

export interface Chain {
  readonly networkId: Uint8Array
  readonly genesis: Genesis
  readonly rules: LedgerRules
  readonly tree: StateTree
  /** The state of the head. */
  readonly view: ReadView
  readonly ids: IdWindow
  readonly head: () => ChainHead
  /** RFC 6962 log over the hashes of the blocks up to the head: what the next header commits to. */
  readonly log: () => LogFrontier
  readonly logRoot: () => Uint8Array
  /** The same log without the head, which the head's own header commits to; known from the first `apply` on. */
  readonly logBelow: () => LogFrontier | undefined
  /** Installs a decided block right above the head. */
  readonly apply: (executed: ExecutedBlock) => void
}

/** Where a chain is taken up: at genesis or at a checkpoint. */
export interface ChainOrigin {
  readonly height: number
  readonly hash: Uint8Array
  readonly header: Header | undefined
  readonly log: LogFrontier
  /** The log without the block of the origin; a checkpoint of an earlier version does not have it. */
  readonly logBelow?: LogFrontier
}

/** The chain from `origin` on; `tree` holds the state there. */
export const createChain = (
  genesis: Genesis,
  rules: LedgerRules,
  tree: StateTree,
  origin: ChainOrigin,
): Chain => {
  // One that nobody writes to.
  const { view } = createOverlay(tree)
  const ids = createIdWindow()
  const headFrom = (height: number, hash: Uint8Array, header: Header | undefined): ChainHead => {
    const timeMs = header?.timeMs ?? genesis.timeMs
    return {
      height,
      hash,
      header,
      timeMs,
      validators: rules.validatorSetIn(view),
      skipped: rules.skippedIn(view, timeMs),
      parameters: rules.parametersIn(view),
      protocolVersion: rules.protocolVersionIn(view, height + 1),
    }
  }
  let head = headFrom(origin.height, origin.hash, origin.header)
  let log = origin.log
  let below = origin.logBelow
  return {
    networkId: networkIdOf(genesis),
    genesis,
    rules,
    tree,
    view,
    ids,
    head: () => head,
    log: () => log,
    logRoot: () => rootFromFrontier(log),
    logBelow: () => below,
    apply: ({ block, hash, delta, transactions }) => {
      tree.install(delta)
      below = log
      log = appendLeafHash(below, leafHash(hash))
      for (const { pending } of transactions) ids.add(pending.names.txId, pending.transaction.body.expiryMs)
      ids.advance(block.header.timeMs)
      head = headFrom(block.header.height, hash, block.header)
    },
  }
}

export const genesisOrigin = (genesis: Genesis): ChainOrigin => ({
  height: 0,
  hash: networkIdOf(genesis),
  header: undefined,
  log: EMPTY_LOG,
})
