import type { BlockContext } from '../contracts/contract.ts'
import { type PendingTransaction, pendingFromHashed, type TransactionOutcome } from '../contracts/execute.ts'
import type { SignatureVerifier } from '../crypto/signature.ts'
import { equalBytes, ok, type Result, refuse } from '../encoding/index.ts'
import { type Block, type Header, transactionsRootOf } from '../ledger/block.ts'
import { wireHash } from '../ledger/transaction.ts'
import { createOverlay, type Overlay } from '../state/view.ts'
import { proposerIndexOf } from '../validators/proposer.ts'
import { validatorIndexOf, validatorSetHash } from '../validators/validator-set.ts'
import type { Chain, ExecutedBlock, ExecutedTransaction } from './chain.ts'

/** A block being executed on the head: transactions so far, and the state after them. */
export interface BlockRun {
  readonly overlay: Overlay
  readonly transactions: readonly ExecutedTransaction[]
  /** Executes one more, or refuses and leaves everything as it was. */
  readonly add: (pending: PendingTransaction) => Result<void>
}

/**
 * A rule that throws is our own fault, but the same on every node: the transaction is refused everywhere rather
 * than stopping every node that sees it (consensus Q25).
 */
const executeGuarded = (execute: () => Result<TransactionOutcome>): Result<TransactionOutcome> => {
  try {
    return execute()
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown'
    return refuse('tx.poison', `The rules of this network break on this transaction: ${reason}`)
  }
}

const contextAt = (chain: Chain, timeMs: number): BlockContext => {
  const { height, parameters } = chain.head()
  return { networkId: chain.networkId, height: height + 1, timeMs, parameters }
}

const isOnChain = ({ ids }: Chain, { names }: PendingTransaction): boolean => ids.has(names.txId)

const REPEATED = refuse('tx.repeated', 'This transaction is on the chain already.')

/** With this transaction a block would take its judges too long; without it, it stands. */
export const FULL = refuse(
  'block.too-many-writes',
  'The transactions of a block write more state entries than the network allows.',
)

/** A transaction alone on the head, as admission judges it: without what the next block begins with. */
export const executeAlone = (
  chain: Chain,
  pending: PendingTransaction,
  timeMs: number,
  verifier: SignatureVerifier,
): Result<TransactionOutcome> =>
  isOnChain(chain, pending)
    ? REPEATED
    : executeGuarded(() => chain.rules.execute(pending, chain.tree, contextAt(chain, timeMs), verifier))

const createBlockRun = (chain: Chain, timeMs: number, verifier: SignatureVerifier): BlockRun => {
  const overlay = createOverlay(chain.tree)
  const context = contextAt(chain, timeMs)
  const transactions: ExecutedTransaction[] = []
  const seen = new Set<string>()
  let writes = 0
  return {
    overlay,
    transactions,
    add: (pending) => {
      const name = pending.names.txId
      if (seen.has(name) || isOnChain(chain, pending)) {
        return REPEATED
      }
      const outcome = executeGuarded(() => chain.rules.execute(pending, overlay, context, verifier))
      if (!outcome.ok) return outcome
      const { changes } = outcome.value
      if (transactions.length > 0 && writes + changes.size > chain.rules.blockWritesMax) return FULL
      writes += changes.size
      overlay.absorb(changes)
      seen.add(name)
      transactions.push({ pending, events: outcome.value.events })
      return ok(undefined)
    },
  }
}

/** The block above the head from its beginning on: missed turns and changes that come into force are written first. */
export const beginBlockRun = (
  chain: Chain,
  { round, timeMs, proposer }: Pick<Header, 'round' | 'timeMs' | 'proposer'>,
  verifier: SignatureVerifier,
): BlockRun => {
  const { height, header, timeMs: parentTimeMs } = chain.head()
  const run = createBlockRun(chain, timeMs, verifier)
  chain.rules.beginBlock(run.overlay.view, {
    height: height + 1,
    round,
    timeMs,
    proposer,
    parentTimeMs,
    parentProposer: header?.proposer,
  })
  return run
}

/** Index of the validator whose turn it is in a round of the height above the head. */
export const proposerIndexAt = (chain: Chain, round: number): number => {
  const { header, validators, skipped } = chain.head()
  const parent = header === undefined ? -1 : validatorIndexOf(validators, header.proposer)
  return proposerIndexOf(validators.length, parent, round, skipped)
}

/** Whether the rules of this process know the version that the next block carries (consensus Q60). */
export const validateVersion = (chain: Chain): Result<void> => {
  const { height, protocolVersion } = chain.head()
  return chain.rules.supportedVersions.includes(protocolVersion)
    ? ok(undefined)
    : refuse(
        'protocol.unsupported',
        `Block ${height + 1} follows protocol version ${protocolVersion}, which this software does not know: install a newer version.`,
      )
}

/** What a header says by itself, against the head below it. */
const validateHeader = (chain: Chain, header: Header): Result<void> => {
  const head = chain.head()
  const proposer = head.validators[proposerIndexAt(chain, header.round)]
  const supported = validateVersion(chain)
  if (!supported.ok) return supported
  if (header.version !== head.protocolVersion)
    return refuse('block.wrong-version', 'The block follows another protocol version.')
  if (!equalBytes(header.networkId, chain.networkId))
    return refuse('block.other-network', 'The block is for another network.')
  if (header.height !== head.height + 1)
    return refuse('block.wrong-height', 'The block does not stand on the head.')
  if (!equalBytes(header.parentHash, head.hash))
    return refuse('block.wrong-parent', 'The block has another parent.')
  if (header.timeMs < head.timeMs + Math.max(1, head.parameters.blockIntervalMs)) {
    return refuse('block.too-soon', 'The block follows its parent too soon.')
  }
  if (proposer === undefined || !equalBytes(header.proposer, proposer.institution)) {
    return refuse('block.wrong-proposer', 'It was not this proposer’s turn.')
  }
  if (header.logSize !== chain.log().size || !equalBytes(header.logRoot, chain.logRoot())) {
    return refuse('block.wrong-log-root', 'The block commits to another history.')
  }
  return equalBytes(header.validatorSetHash, validatorSetHash(head.validators))
    ? ok(undefined)
    : refuse('block.wrong-validators', 'The block names another validator set.')
}

/** What a block is executed with. */
export interface ExecutionSources {
  /** May trust the transactions' signatures where a quorum has checked them. */
  readonly verifier: SignatureVerifier
  /** Transactions that are decoded already, by wire hash. */
  readonly pendingOf?: ((wireHash: Uint8Array) => PendingTransaction | undefined) | undefined
  /** Wire hashes of the transactions, where they were shown to be those that the header commits to. */
  readonly wireHashes?: readonly Uint8Array[] | undefined
}

const decodeAll = (
  chain: Chain,
  transactions: readonly Uint8Array[],
  { pendingOf, wireHashes = transactions.map(wireHash) }: ExecutionSources,
): Result<readonly PendingTransaction[]> => {
  const { blockBytesMax, blockTransactionsMax } = chain.head().parameters
  const sizeBytes = transactions.reduce((sum, bytes) => sum + bytes.length, 0)
  if (transactions.length > blockTransactionsMax || sizeBytes > blockBytesMax) {
    return refuse('block.too-large', 'The block is larger than the network allows.')
  }
  const all: PendingTransaction[] = []
  for (const [index, hash] of wireHashes.entries()) {
    const known = pendingOf?.(hash)
    const pending = known ? ok(known) : pendingFromHashed(transactions[index] as Uint8Array, hash)
    if (!pending.ok) return pending
    all.push(pending.value)
  }
  return ok(all)
}

/** Executes a block on the head and compares everything that its header commits to. The clock is not looked at. */
export const executeBlock = (
  chain: Chain,
  block: Block,
  hash: Uint8Array,
  sources: ExecutionSources,
): Result<ExecutedBlock> => {
  const { header } = block
  const valid = validateHeader(chain, header)
  if (!valid.ok) return valid
  const pending = decodeAll(chain, block.transactions, sources)
  if (!pending.ok) return pending
  const isShown = sources.wireHashes !== undefined
  const root = isShown ? undefined : transactionsRootOf(pending.value.map((each) => each.wireHash))
  if (root && !equalBytes(root, header.transactionsRoot)) {
    return refuse('block.wrong-transactions-root', 'The transactions are not those of the header.')
  }
  const run = beginBlockRun(chain, header, sources.verifier)
  for (const each of pending.value) {
    const added = run.add(each)
    if (!added.ok && added.code === FULL.code) return FULL
    if (!added.ok) return refuse('block.bad-transaction', `A transaction cannot stand here: ${added.code}.`)
  }
  const delta = chain.tree.deltaOf(run.overlay.changes)
  if (!equalBytes(delta.root, header.stateRoot)) {
    return refuse('block.wrong-state-root', 'The block leads to another state than its header says.')
  }
  const nextSet = chain.rules.validatorSetIn(run.overlay.view)
  return equalBytes(validatorSetHash(nextSet), header.nextValidatorSetHash)
    ? ok({ block, hash, delta, transactions: run.transactions })
    : refuse('block.wrong-next-validators', 'The block names another next validator set.')
}
