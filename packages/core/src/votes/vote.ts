import { type HashTag, taggedMessage } from '../crypto/hash.ts'
import {
  bytes,
  decode,
  encode,
  equalBytes,
  optional,
  type Result,
  refuse,
  type Schema,
  struct,
  uint,
  word,
} from '../encoding/index.ts'

/** What a validator signs about a block in one (height, round). */
export const VOTE_TYPES = ['proposal', 'prepare', 'commit'] as const

export type VoteType = (typeof VOTE_TYPES)[number]

export interface Vote {
  readonly networkId: Uint8Array
  readonly height: number
  readonly round: number
  readonly type: VoteType
  readonly blockHash: Uint8Array
}

const voteSchema = struct<Vote>({
  networkId: bytes(32),
  height: uint(),
  round: uint(),
  type: word(VOTE_TYPES),
  blockHash: bytes(32),
})

/** The message that a proposal, prepare or commit signature covers. */
export const voteMessage = (vote: Vote): Uint8Array =>
  taggedMessage('medchain/vote/1', encode(voteSchema, vote))

/** What a validator signs when it leaves a round; it names what it had prepared, or that it had nothing. */
export interface RoundChangeClaim {
  readonly networkId: Uint8Array
  readonly height: number
  readonly newRound: number
  readonly preparedRound: number | undefined
  readonly preparedHash: Uint8Array | undefined
}

const roundChangeSchema = struct<RoundChangeClaim>({
  networkId: bytes(32),
  height: uint(),
  newRound: uint(),
  preparedRound: optional(uint()),
  preparedHash: optional(bytes(32)),
})

/** The message that a round-change signature covers. */
export const roundChangeMessage = (claim: RoundChangeClaim): Uint8Array =>
  taggedMessage('medchain/round-change/1', encode(roundChangeSchema, claim))

const decodeTagged = <T>(tag: HashTag, schema: Schema<T>, message: Uint8Array): Result<T> => {
  const prefix = taggedMessage(tag)
  return equalBytes(message.subarray(0, prefix.length), prefix)
    ? decode(schema, message.subarray(prefix.length))
    : refuse('encoding.tag', 'The message was signed for another purpose.')
}

/** The vote that a signed message is; `encoding.*` for anything that `voteMessage` does not make. */
export const decodeVoteMessage = (message: Uint8Array): Result<Vote> =>
  decodeTagged('medchain/vote/1', voteSchema, message)

/** As `decodeVoteMessage`, of round-changes. */
export const decodeRoundChangeMessage = (message: Uint8Array): Result<RoundChangeClaim> =>
  decodeTagged('medchain/round-change/1', roundChangeSchema, message)
