import { inclusionPath, leafHash, verifyInclusion } from '../crypto/merkle-log.ts'
import type { Header } from '../ledger/block.ts'
import { wireHash } from '../ledger/transaction.ts'

/** Shows that a transaction stands in a block, and so took effect (ledger T4). */
export interface TransactionInclusion {
  /** The encoded transaction. */
  readonly transaction: Uint8Array
  readonly index: number
  /** How many transactions the block has. */
  readonly size: number
  /** RFC 6962 audit path under the header's transactions root. */
  readonly path: readonly Uint8Array[]
}

const leafOf = (transaction: Uint8Array): Uint8Array => leafHash(wireHash(transaction))

/** The proof for the transaction at `index` of a block’s. */
export const inclusionIn = (transactions: readonly Uint8Array[], index: number): TransactionInclusion => ({
  transaction: transactions[index] as Uint8Array,
  index,
  size: transactions.length,
  path: inclusionPath(transactions.map(leafOf), index),
})

/** Whether the transaction stands in the block of the header. */
export const verifyTransactionInclusion = (
  { transactionsRoot }: Pick<Header, 'transactionsRoot'>,
  { transaction, index, size, path }: TransactionInclusion,
): boolean => verifyInclusion(leafOf(transaction), index, size, path, transactionsRoot)
