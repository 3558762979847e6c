import { hashTagged } from '../../crypto/hash.ts'
import { bytes, list, optional, struct, uint } from '../../encoding/index.ts'
import { type Inception, inceptionSchema } from '../../identity/account-id.ts'
import { table } from '../../state/table.ts'
import { CUSTODIANS_MAX } from '../governance/custodians.ts'

export const RECOVERY_GUARDIANS_MAX = 16

/** A guardian of a recovery, whom the chain learns of only when it acts. */
export interface HiddenGuardian {
  /** `recoveryGuardianTag` of its account. */
  readonly tag: Uint8Array
  /** Digest of its share of the guardians' half. */
  readonly shareDigest: Uint8Array
}

export interface RecoveryCustodian {
  readonly institution: Uint8Array
  /** Digest of its share of the custodians' half. */
  readonly shareDigest: Uint8Array
}

/** What a person prepares: who helps, how many of them are needed, how long everybody waits. */
export interface RecoveryTerms {
  /** Of the recovery itself: its id hashes them. The sealing key is what a copy of the keyring is sealed to. */
  readonly inception: Inception
  readonly guardians: readonly HiddenGuardian[]
  /** So many guardians announce a recovery; 0 exactly when there are none. */
  readonly guardianThreshold: number
  readonly custodians: readonly RecoveryCustodian[]
  readonly custodianThreshold: number
  /** Block time in ms between announcement and release. */
  readonly delayMs: number
}

const termsFields = {
  inception: inceptionSchema,
  guardians: list(struct<HiddenGuardian>({ tag: bytes(32), shareDigest: bytes(32) }), RECOVERY_GUARDIANS_MAX),
  guardianThreshold: uint(RECOVERY_GUARDIANS_MAX),
  custodians: list(
    struct<RecoveryCustodian>({ institution: bytes(32), shareDigest: bytes(32) }),
    CUSTODIANS_MAX,
  ),
  custodianThreshold: uint(CUSTODIANS_MAX),
  delayMs: uint(),
}

export const recoveryTermsSchema = struct<RecoveryTerms>(termsFields)

export interface Recovery extends RecoveryTerms {
  /** Institution that registered it and may vouch for who the person is. */
  readonly sponsor: Uint8Array
  readonly preparedHeight: number
  readonly closedHeight: number | undefined
}

/** Recoveries by their id, which hashes their own first keys and nothing of a person or a chart. */
export const recoveries = table(
  'recovery.recovery',
  struct<Recovery>({
    ...termsFields,
    sponsor: bytes(32),
    preparedHeight: uint(),
    closedHeight: optional(uint()),
  }),
)

/** Hides a guardian's account behind 32 random bytes that the guardian keeps. */
export const recoveryGuardianTag = (
  recoveryId: Uint8Array,
  salt: Uint8Array,
  guardian: Uint8Array,
): Uint8Array => hashTagged('medchain/recovery-guardian/1', recoveryId, salt, guardian)

/** A guardian's word for the keys of one ticket. */
export interface RecoveryApproval {
  readonly position: number
  readonly guardian: Uint8Array
  /** Id of the ticket: the hash of its keys. */
  readonly ticketId: Uint8Array
  readonly timeMs: number
}

/** A recovery that enough people asked for. */
export interface Announcement {
  /** Keys for this one recovery, made by whoever lost the old ones. */
  readonly ticket: Inception
  readonly timeMs: number
  /** The one veto. */
  readonly vetoedMs: number | undefined
  /** When enough others set the veto aside. */
  readonly overruledMs: number | undefined
}

export interface RecoveryAttempt {
  readonly approvals: readonly RecoveryApproval[]
  readonly announcement: Announcement | undefined
  /** Custodians that gave out their share, each in a block before it did. */
  readonly releases: readonly Uint8Array[]
}

/** The present attempt of each recovery. */
export const recoveryAttempts = table(
  'recovery.attempt',
  struct<RecoveryAttempt>({
    approvals: list(
      struct<RecoveryApproval>({
        position: uint(),
        guardian: bytes(32),
        ticketId: bytes(32),
        timeMs: uint(),
      }),
      RECOVERY_GUARDIANS_MAX,
    ),
    announcement: optional(
      struct<Announcement>({
        ticket: inceptionSchema,
        timeMs: uint(),
        vetoedMs: optional(uint()),
        overruledMs: optional(uint()),
      }),
    ),
    releases: list(bytes(32), CUSTODIANS_MAX),
  }),
)

/** The recovery that a ticket was announced for, by the ticket's id. */
export const recoveryOfTicket = table('recovery.of-ticket', bytes(32))
