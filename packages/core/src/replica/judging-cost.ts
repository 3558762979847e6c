import type { PendingTransaction } from '../contracts/execute.ts'

/** Rules, a few writes and their part of the state tree (measured). */
const TRANSACTION_US = 60
const WRITES_FEW = 8
/** One more write: its hashes, its bucket and the way up the tree (measured). */
const WRITE_US = 15
/** One verification (measured). */
const SIGNATURE_US = 60
/** Decoding and hashing, of record anchors 0.02 (measured); the rest is for the wire and the disk. */
const BYTE_US = 0.1

/** No transaction takes less. */
export const JUDGING_COST_US_MIN: number = TRANSACTION_US + SIGNATURE_US

/** So much that is refused is looked at in one go, by estimate: some sixty small transactions, or a few large ones. */
export const REFUSED_COST_US_MAX = 12_000

/**
 * Microseconds that judging the transaction takes a node which has not seen it before, by estimate. How many state
 * entries it writes is known once it was executed.
 */
export const judgingCostUs = ({ bytes, transaction }: PendingTransaction, writes = 0): number =>
  TRANSACTION_US +
  SIGNATURE_US * transaction.signatures.length +
  BYTE_US * bytes.length +
  WRITE_US * Math.max(0, writes - WRITES_FEW)
