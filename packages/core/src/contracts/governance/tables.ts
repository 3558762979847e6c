import { bytes, list, optional, struct, uint } from '../../encoding/index.ts'
import { genesisMemberSchema, parametersSchema } from '../../ledger/genesis.ts'
import { table } from '../../state/table.ts'
import { validatorSetSchema } from '../../validators/validator-set.ts'

export const MEMBERS_MAX = 256

/**
 * Institutions by account id. An entry outlives its institution's membership: evidence is checked against it.
 * `isValidator` says whether the institution is in the set.
 */
export const members = table('governance.member', genesisMemberSchema)

/** Account ids of all present institutions, in the order of admission. */
export const memberOrder = table('governance.member-order', list(bytes(32), MEMBERS_MAX))

/** The validators of the next block. */
export const validators = table('governance.validators', validatorSetSchema)

export const parameters = table('governance.parameters', parametersSchema)

/** A voting key that an institution has replaced, with the first height at which it no longer counted. */
export interface FormerVotingKey {
  readonly votingKey: Uint8Array
  readonly untilHeight: number
}

/** By institution, oldest first. */
export const formerVotingKeys = table(
  'governance.former-voting-keys',
  list(struct<FormerVotingKey>({ votingKey: bytes(32), untilHeight: uint() }), 64),
)

/** A validator that missed a turn as proposer not long ago, or is missing since. Times are block time. */
export interface SkipEntry {
  readonly institution: Uint8Array
  /** Turns missed, without five minutes in which it missed none. */
  readonly strikes: number
  readonly markedAtMs: number
  /** End of its back-off. */
  readonly untilMs: number
  /** When it last showed itself: by a block, or by declaring itself ready. */
  readonly seenAtMs: number | undefined
}

/** One list under one key, in the order of marking, the last marked at the end (consensus Q52). */
export const skippedProposers = table(
  'governance.skipped-proposers',
  list(
    struct<SkipEntry>({
      institution: bytes(32),
      strikes: uint(),
      markedAtMs: uint(),
      untilMs: uint(),
      seenAtMs: optional(uint()),
    }),
    MEMBERS_MAX,
  ),
)

/** Version of the rules; a chain without an entry is at version 1. */
export interface ProtocolState {
  readonly version: number
  /** The version that a vote puts into force, and the first block that carries it. */
  readonly next: { readonly version: number; readonly fromHeight: number } | undefined
}

export const protocol = table(
  'governance.protocol',
  struct<ProtocolState>({
    version: uint(),
    next: optional(struct<NonNullable<ProtocolState['next']>>({ version: uint(), fromHeight: uint() })),
  }),
)
