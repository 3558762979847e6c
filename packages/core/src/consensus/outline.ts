import { bytes, equalBytes, list, struct } from '../encoding/index.ts'
import {
  BLOCK_TRANSACTIONS_MAX,
  type Block,
  type Header,
  headerSchema,
  transactionsRootOf,
} from '../ledger/block.ts'
import { wireHash } from '../ledger/transaction.ts'

/** A block by its header and the wire hashes of its transactions, in order: 34 bytes for each in place of its body. */
export interface BlockOutline {
  readonly header: Header
  readonly wireHashes: readonly Uint8Array[]
}

export const outlineSchema = struct<BlockOutline>({
  header: headerSchema,
  wireHashes: list(bytes(32), BLOCK_TRANSACTIONS_MAX),
})

export const outlineOf = ({ header, transactions }: Block): BlockOutline => ({
  header,
  wireHashes: transactions.map(wireHash),
})

/** Whether the wire hashes are those that the header, and so the hash of the block, commits to. */
export const isSoundOutline = ({ header, wireHashes }: BlockOutline): boolean =>
  equalBytes(transactionsRootOf(wireHashes), header.transactionsRoot)
