import {
  blob,
  bytes,
  decode,
  encode,
  list,
  optional,
  type Result,
  type Schema,
  struct,
  uint,
  variant,
} from '../encoding/index.ts'
import { BLOCK_SIZE_BYTES_MAX, BLOCK_TRANSACTIONS_MAX } from '../ledger/block.ts'
import { TRANSACTION_SIZE_BYTES_MAX } from '../ledger/transaction.ts'
import { type Certificate, certificateSchema } from '../votes/certificate.ts'
import { type BlockOutline, outlineSchema } from './outline.ts'

const VALIDATORS_MAX = 256

/** Largest frame: a decided block and its certificate. */
export const FRAME_SIZE_BYTES_MAX = BLOCK_SIZE_BYTES_MAX + 256 * 1024

/** A round-change without the certificate behind it: what a proposal is justified by. */
export interface SignedRoundChange {
  /** Index in the validator set of the height. */
  readonly sender: number
  readonly newRound: number
  readonly preparedRound: number | undefined
  readonly preparedHash: Uint8Array | undefined
  readonly signature: Uint8Array
}

export interface ProposalMessage {
  readonly type: 'proposal'
  readonly height: number
  readonly round: number
  readonly sender: number
  readonly signature: Uint8Array
  /** The block without its transactions: whoever has them need not be sent them. */
  readonly outline: BlockOutline
  /** A quorum of them for round > 0, none for round 0. */
  readonly roundChanges: readonly SignedRoundChange[]
  /** Quorum of prepares for the highest prepared block among `roundChanges`, if any is prepared. */
  readonly prepared: Certificate | undefined
}

interface PlainVote {
  readonly height: number
  readonly round: number
  readonly sender: number
  readonly blockHash: Uint8Array
  readonly signature: Uint8Array
}

export interface PrepareMessage extends PlainVote {
  readonly type: 'prepare'
}

export interface CommitMessage extends PlainVote {
  readonly type: 'commit'
}

export interface RoundChangeMessage {
  readonly type: 'round-change'
  readonly height: number
  readonly claim: SignedRoundChange
  readonly prepared: Certificate | undefined
}

export type ConsensusMessage = ProposalMessage | PrepareMessage | CommitMessage | RoundChangeMessage

/** What a validator that is behind is answered with: an encoded committed block. */
export interface DecidedMessage {
  readonly type: 'decided'
  readonly committed: Uint8Array
}

/** Asks one neighbour for parts of a block of the height in progress. */
export interface BodiesRequest {
  readonly type: 'bodies-request'
  readonly height: number
  readonly blockHash: Uint8Array
  /** Places of the transactions that are missing, or undefined for the outline of the block. */
  readonly indices: readonly number[] | undefined
}

/** The answer: the first of the asked parts, as far as they are here and fit into a frame. */
export interface BodiesMessage {
  readonly type: 'bodies'
  readonly height: number
  readonly blockHash: Uint8Array
  readonly outline: BlockOutline | undefined
  readonly indices: readonly number[]
  /** Encoded transactions, one for each index. */
  readonly transactions: readonly Uint8Array[]
}

/** Transactions of a validator's clients, on the straight way (consensus Q66). */
export interface BundleMessage {
  readonly type: 'bundle'
  /** As gossiped. */
  readonly bundle: Uint8Array
}

export type ConsensusFrame = ConsensusMessage | DecidedMessage | BodiesRequest | BodiesMessage | BundleMessage

const signedRoundChangeSchema = struct<SignedRoundChange>({
  sender: uint(VALIDATORS_MAX - 1),
  newRound: uint(),
  preparedRound: optional(uint()),
  preparedHash: optional(bytes(32)),
  signature: bytes(64),
})

const plainVoteSchema = struct<PlainVote>({
  height: uint(),
  round: uint(),
  sender: uint(VALIDATORS_MAX - 1),
  blockHash: bytes(32),
  signature: bytes(64),
})

const indicesSchema = list(uint(BLOCK_TRANSACTIONS_MAX - 1), BLOCK_TRANSACTIONS_MAX)

export const consensusFrameSchema: Schema<ConsensusFrame> = variant<ConsensusFrame>({
  proposal: struct<Omit<ProposalMessage, 'type'>>({
    height: uint(),
    round: uint(),
    sender: uint(VALIDATORS_MAX - 1),
    signature: bytes(64),
    outline: outlineSchema,
    roundChanges: list(signedRoundChangeSchema, VALIDATORS_MAX),
    prepared: optional(certificateSchema),
  }),
  prepare: plainVoteSchema,
  commit: plainVoteSchema,
  'round-change': struct<Omit<RoundChangeMessage, 'type'>>({
    height: uint(),
    claim: signedRoundChangeSchema,
    prepared: optional(certificateSchema),
  }),
  decided: struct<Omit<DecidedMessage, 'type'>>({ committed: blob(BLOCK_SIZE_BYTES_MAX + 64 * 1024) }),
  'bodies-request': struct<Omit<BodiesRequest, 'type'>>({
    height: uint(),
    blockHash: bytes(32),
    indices: optional(indicesSchema),
  }),
  bodies: struct<Omit<BodiesMessage, 'type'>>({
    height: uint(),
    blockHash: bytes(32),
    outline: optional(outlineSchema),
    indices: indicesSchema,
    transactions: list(blob(TRANSACTION_SIZE_BYTES_MAX), BLOCK_TRANSACTIONS_MAX),
  }),
  bundle: struct<Omit<BundleMessage, 'type'>>({ bundle: blob(BLOCK_SIZE_BYTES_MAX) }),
})

export const encodeFrame = (frame: ConsensusFrame): Uint8Array => encode(consensusFrameSchema, frame)

/** A well-formed frame of bounded size; `encoding.*` otherwise. */
export const decodeFrame = (data: Uint8Array): Result<ConsensusFrame> =>
  decode(consensusFrameSchema, data, FRAME_SIZE_BYTES_MAX)

/** Whether a validator signs it: a proposal, vote or round-change. */
export const isConsensusMessage = (frame: ConsensusFrame): frame is ConsensusMessage =>
  ['proposal', 'prepare', 'commit', 'round-change'].includes(frame.type)

/** Round that a message belongs to; a round-change belongs to the round it asks for. */
export const roundOf = (message: ConsensusMessage): number =>
  message.type === 'round-change' ? message.claim.newRound : message.round

export const senderOf = (message: ConsensusMessage): number =>
  message.type === 'round-change' ? message.claim.sender : message.sender
