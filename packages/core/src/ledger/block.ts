import { hashTagged } from '../crypto/hash.ts'
import { leafHash, rootFromLeafHashes } from '../crypto/merkle-log.ts'
import { blob, bytes, decode, encode, list, type Result, struct, uint } from '../encoding/index.ts'
import { type Certificate, certificateSchema } from '../votes/certificate.ts'
import { TRANSACTION_SIZE_BYTES_MAX, wireHash } from './transaction.ts'

export const BLOCK_SIZE_BYTES_MAX = 4 * 1024 * 1024
export const BLOCK_TRANSACTIONS_MAX = 4096

/** Later versions that keep this form of the header can be read, proven and relayed before they are known. */
const PROTOCOL_VERSION_MAX = 1000
/** Latest time of a calendar. What rules add to a block's time must stay an integer: nobody's block may break them. */
export const BLOCK_TIME_MS_MAX = 8_640_000_000_000_000

export interface Header {
  /** Protocol version in force at the height. */
  readonly version: number
  readonly networkId: Uint8Array
  readonly height: number
  /** Round that built the block; a re-proposal keeps it. */
  readonly round: number
  readonly parentHash: Uint8Array
  /** Milliseconds since 1970, strictly increasing. */
  readonly timeMs: number
  /** Account id of the institution that built the block. */
  readonly proposer: Uint8Array
  /** RFC 6962 root over the wire hashes. */
  readonly transactionsRoot: Uint8Array
  /** Root of the state after this block. */
  readonly stateRoot: Uint8Array
  /** RFC 6962 root over the hashes of all blocks below this one. */
  readonly logRoot: Uint8Array
  readonly logSize: number
  readonly validatorSetHash: Uint8Array
  readonly nextValidatorSetHash: Uint8Array
}

export const headerSchema = struct<Header>({
  version: uint(PROTOCOL_VERSION_MAX),
  networkId: bytes(32),
  height: uint(),
  round: uint(),
  parentHash: bytes(32),
  timeMs: uint(BLOCK_TIME_MS_MAX),
  proposer: bytes(32),
  transactionsRoot: bytes(32),
  stateRoot: bytes(32),
  logRoot: bytes(32),
  logSize: uint(),
  validatorSetHash: bytes(32),
  nextValidatorSetHash: bytes(32),
})

export const blockHash = (header: Header): Uint8Array =>
  hashTagged('medchain/block/1', encode(headerSchema, header))

export interface Block {
  readonly header: Header
  /** Encoded transactions, in the order of execution. */
  readonly transactions: readonly Uint8Array[]
}

export const blockSchema = struct<Block>({
  header: headerSchema,
  transactions: list(blob(TRANSACTION_SIZE_BYTES_MAX), BLOCK_TRANSACTIONS_MAX),
})

export const transactionsRootOf = (wireHashes: readonly Uint8Array[]): Uint8Array =>
  rootFromLeafHashes(wireHashes.map(leafHash))

export const transactionsRootOfBlock = (transactions: readonly Uint8Array[]): Uint8Array =>
  transactionsRootOf(transactions.map(wireHash))

/** A block as it is stored and sent once a quorum committed to it. */
export interface CommittedBlock {
  readonly block: Block
  readonly certificate: Certificate
}

export const committedBlockSchema = struct<CommittedBlock>({
  block: blockSchema,
  certificate: certificateSchema,
})

export const encodeCommittedBlock = (value: CommittedBlock): Uint8Array => encode(committedBlockSchema, value)

export const decodeCommittedBlock = (data: Uint8Array): Result<CommittedBlock> =>
  decode(committedBlockSchema, data, BLOCK_SIZE_BYTES_MAX + 64 * 1024)
