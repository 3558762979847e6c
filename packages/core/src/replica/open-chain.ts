import { rootFromFrontier } from '../crypto/merkle-log.ts'
import { assertInvariant, equalBytes, nameFromBytes, ok, type Result, refuse } from '../encoding/index.ts'
import { blockHash, type CommittedBlock, decodeCommittedBlock } from '../ledger/block.ts'
import type { Genesis } from '../ledger/genesis.ts'
import { decodeTransaction, EXPIRY_AHEAD_MS_MAX, transactionId } from '../ledger/transaction.ts'
import { createStateTree } from '../state/tree.ts'
import { validateCommitted } from '../sync/validate-committed.ts'
import { TRUSTING_VERIFIER } from './cached-verifier.ts'
import { type Chain, type ChainOrigin, createChain, genesisOrigin } from './chain.ts'
import { decodeMeta, encodeMeta } from './checkpoint-meta.ts'
import { executeBlock } from './execute-block.ts'
import type { ReplicaPorts } from './ports.ts'
import type { LedgerRules } from './rules.ts'

/** What a checkpoint of the state keeps beside the buckets. */
export const encodeCheckpointMeta = (chain: Chain): Uint8Array => {
  const { height, hash } = chain.head()
  const below = chain.logBelow()
  assertInvariant(below !== undefined, 'a checkpoint follows a block')
  return encodeMeta(height, hash, below)
}

const readStored = (ports: ReplicaPorts, height: number): Result<CommittedBlock> => {
  const stored = ports.blocks.readBlock(height)
  if (stored === undefined)
    return refuse('store.block-missing', `Block ${height} is missing from the block store.`)
  const decoded = decodeCommittedBlock(stored)
  return decoded.ok && decoded.value.block.header.height === height
    ? decoded
    : refuse('store.block-damaged', `Block ${height} in the block store is damaged.`)
}

const originOf = (genesis: Genesis, ports: ReplicaPorts): Result<ChainOrigin> => {
  const checkpoint = ports.state.checkpoint()
  if (checkpoint === undefined) return ok(genesisOrigin(genesis))
  const meta = decodeMeta(checkpoint.meta)
  if (!meta.ok) return meta
  const { height, hash, log, logBelow } = meta.value
  if (height !== checkpoint.height) return refuse('state.damaged', 'The checkpoint of the state is damaged.')
  const stored = readStored(ports, checkpoint.height)
  if (!stored.ok) return stored
  const { header } = stored.value.block
  const isOwn =
    equalBytes(blockHash(header), hash) &&
    (!logBelow || equalBytes(rootFromFrontier(logBelow), header.logRoot))
  return isOwn
    ? ok({ height, hash, header, log, ...(logBelow && { logBelow }) })
    : refuse('state.damaged', 'The checkpoint of the state belongs to another block.')
}

/** Ids that could still be repeated, from the blocks of the last ten minutes of block time up to `height`. */
const rememberIds = (chain: Chain, ports: ReplicaPorts, height: number, untilMs: number): Result<void> => {
  for (let at = height; at >= 1; at--) {
    const stored = readStored(ports, at)
    if (!stored.ok) return stored
    const { header, transactions } = stored.value.block
    if (header.timeMs + EXPIRY_AHEAD_MS_MAX <= untilMs) return ok(undefined)
    for (const each of transactions) {
      const decoded = decodeTransaction(each)
      if (decoded.ok)
        chain.ids.add(nameFromBytes(transactionId(decoded.value.body)), decoded.value.body.expiryMs)
    }
  }
  return ok(undefined)
}

/** Executes the stored blocks above the checkpoint again; each bears its quorum and must lead to the root in its header. */
const replay = (chain: Chain, ports: ReplicaPorts): Result<void> => {
  for (let height = chain.head().height + 1; height <= ports.blocks.headHeight(); height++) {
    const stored = readStored(ports, height)
    if (!stored.ok) return stored
    const { block } = stored.value
    // A store finds blocks again after a crash, among bytes that clients chose.
    const proven = validateCommitted(stored.value, chain.networkId, chain.head().validators, ports.verifier)
    if (!proven.ok)
      return refuse(
        'store.block-damaged',
        `Block ${height} in the block store is not what a quorum committed.`,
      )
    const { hash, wireHashes } = proven.value
    const executed = executeBlock(chain, block, hash, { verifier: TRUSTING_VERIFIER, wireHashes })
    if (!executed.ok && executed.code === 'protocol.unsupported') return executed
    if (!executed.ok)
      return refuse('store.replay-mismatch', `Block ${height} does not replay: ${executed.code}.`)
    chain.apply(executed.value)
  }
  return ok(undefined)
}

/**
 * The chain as the disk has it: state from the last checkpoint, then the blocks above it. Refuses with
 * `state.damaged`, `store.block-missing`, `store.block-damaged` or `store.replay-mismatch`.
 */
export const openChain = (genesis: Genesis, rules: LedgerRules, ports: ReplicaPorts): Result<Chain> => {
  const origin = originOf(genesis, ports)
  if (!origin.ok) return origin
  const { header, height } = origin.value
  const tree = createStateTree(ports.state, header === undefined ? [] : ports.state.occupied())
  if (header === undefined) tree.install(tree.deltaOf(rules.genesisChanges(genesis)))
  else if (!equalBytes(tree.root(), header.stateRoot)) {
    return refuse('state.damaged', 'The stored state does not match the block it belongs to.')
  }
  const chain = createChain(genesis, rules, tree, origin.value)
  const remembered = rememberIds(chain, ports, height, chain.head().timeMs)
  if (!remembered.ok) return remembered
  const replayed = replay(chain, ports)
  return replayed.ok ? ok(chain) : replayed
}
