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
import { BLOCK_SIZE_BYTES_MAX, type Block, blockSchema } from '../ledger/block.ts'
import { type Certificate, certificateSchema } from '../votes/certificate.ts'

const VALIDATORS_MAX = 256

/** Largest frame: a block, its certificate and a justification by every validator. */
export const FRAME_SIZE_BYTES_MAX = BLOCK_SIZE_BYTES_MAX + 256 * 1024

/** A round-change without the block and certificate behind it: what a proposal is justified by. */
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
  readonly block: Block
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
  /** The prepared block, so that whoever proposes next has it. */
  readonly block: Block | undefined
}

export type ConsensusMessage = ProposalMessage | PrepareMessage | CommitMessage | RoundChangeMessage

/** What a validator that is behind is answered with: an encoded committed block. */
export interface DecidedMessage {
  readonly type: 'decided'
  readonly committed: Uint8Array
}

export type ConsensusFrame = ConsensusMessage | DecidedMessage

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

export const consensusFrameSchema: Schema<ConsensusFrame> = variant<ConsensusFrame>({
  proposal: struct<Omit<ProposalMessage, 'type'>>({
    height: uint(),
    round: uint(),
    sender: uint(VALIDATORS_MAX - 1),
    signature: bytes(64),
    block: blockSchema,
    roundChanges: list(signedRoundChangeSchema, VALIDATORS_MAX),
    prepared: optional(certificateSchema),
  }),
  prepare: plainVoteSchema,
  commit: plainVoteSchema,
  'round-change': struct<Omit<RoundChangeMessage, 'type'>>({
    height: uint(),
    claim: signedRoundChangeSchema,
    prepared: optional(certificateSchema),
    block: optional(blockSchema),
  }),
  decided: struct<Omit<DecidedMessage, 'type'>>({ committed: blob(BLOCK_SIZE_BYTES_MAX + 64 * 1024) }),
})

export const encodeFrame = (frame: ConsensusFrame): Uint8Array => encode(consensusFrameSchema, frame)

/** A well-formed frame of bounded size; `encoding.*` otherwise. */
export const decodeFrame = (data: Uint8Array): Result<ConsensusFrame> =>
  decode(consensusFrameSchema, data, FRAME_SIZE_BYTES_MAX)

/** Round that a message belongs to; a round-change belongs to the round it asks for. */
export const roundOf = (message: ConsensusMessage): number =>
  message.type === 'round-change' ? message.claim.newRound : message.round

export const senderOf = (message: ConsensusMessage): number =>
  message.type === 'round-change' ? message.claim.sender : message.sender
