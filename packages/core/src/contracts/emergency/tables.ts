import { hashTagged } from '../../crypto/hash.ts'
import { bool, bytes, list, optional, struct, uint, word } from '../../encoding/index.ts'
import { table } from '../../state/table.ts'
import { EMERGENCY_CUSTODIANS_MAX } from './custodians.ts'

/** Why the patient cannot be asked; what the patient has is no word for the chain. */
export const EMERGENCY_REASONS = ['unconscious', 'incapacitated', 'life-threatening', 'no-time'] as const

export type EmergencyReason = (typeof EMERGENCY_REASONS)[number]

/** One custodian with the digest of its share. */
export interface CustodianShare {
  readonly institution: Uint8Array
  readonly digest: Uint8Array
}

export const custodianShareSchema = struct<CustodianShare>({ institution: bytes(32), digest: bytes(32) })

/** Shares of one epoch secret of a chart, in the order of `emergencyCustodiansOf`. */
export interface CustodianShares {
  /** 32 random bytes: a share of one set is none of another. */
  readonly setId: Uint8Array
  readonly threshold: number
  readonly shares: readonly CustodianShare[]
  readonly height: number
}

/** By chart and epoch. */
export const custodianShares = table(
  'emergency.custodian-shares',
  struct<CustodianShares>({
    setId: bytes(32),
    threshold: uint(EMERGENCY_CUSTODIANS_MAX),
    shares: list(custodianShareSchema, EMERGENCY_CUSTODIANS_MAX),
    height: uint(),
  }),
)

export const PREPARED_EPOCHS_MAX = 4096

/** What a patient chose for one chart; a chart without an entry was never left open to emergencies. */
export interface EmergencyChoice {
  readonly isEligible: boolean
  /** Epochs that have shares, ascending. */
  readonly epochs: readonly number[]
  readonly height: number
}

/** By chart. */
export const emergencyChoices = table(
  'emergency.choice',
  struct<EmergencyChoice>({
    isEligible: bool,
    epochs: list(uint(0xffffffff), PREPARED_EPOCHS_MAX),
    height: uint(),
  }),
)

export interface EmergencyClosing {
  readonly by: Uint8Array
  readonly height: number
  readonly timeMs: number
}

export interface EmergencyReview {
  readonly by: Uint8Array
  readonly isJustified: boolean
  readonly height: number
  readonly timeMs: number
}

export interface Emergency {
  readonly chart: Uint8Array
  readonly declarer: Uint8Array
  /** The declarer's. */
  readonly institution: Uint8Array
  readonly reason: EmergencyReason
  /** Hash, under a random salt, of text and site, which stay off the chain. */
  readonly detailsDigest: Uint8Array
  readonly coSigner: Uint8Array | undefined
  readonly durationMs: number
  readonly declaredMs: number
  readonly declaredHeight: number
  /** When it came into force; undefined while it waits for its co-signer. */
  readonly fromMs: number | undefined
  readonly untilMs: number
  readonly closing: EmergencyClosing | undefined
  readonly review: EmergencyReview | undefined
}

/** By id. */
export const emergencies = table(
  'emergency.declaration',
  struct<Emergency>({
    chart: bytes(32),
    declarer: bytes(32),
    institution: bytes(32),
    reason: word(EMERGENCY_REASONS),
    detailsDigest: bytes(32),
    coSigner: optional(bytes(32)),
    durationMs: uint(),
    declaredMs: uint(),
    declaredHeight: uint(),
    fromMs: optional(uint()),
    untilMs: uint(),
    closing: optional(struct<EmergencyClosing>({ by: bytes(32), height: uint(), timeMs: uint() })),
    review: optional(
      struct<EmergencyReview>({ by: bytes(32), isJustified: bool, height: uint(), timeMs: uint() }),
    ),
  }),
)

/** The newest emergency, by chart and declarer: the one that a decision looks at. */
export const newestEmergency = table('emergency.newest', bytes(32))

/** How many emergencies a chart, a declarer, its institution or a co-signer has a part in, by its id. */
export const emergencyCounts = table('emergency.count', uint())

/** Ids in the order of declaration, by any of these parties and position. */
export const emergencyOrder = table('emergency.order', bytes(32))

/** What one person declared or confirmed on one day (UTC, block time), or what came into force for an institution. */
export interface DayCount {
  readonly day: number
  readonly count: number
}

export const emergencyDays = table('emergency.day', struct<DayCount>({ day: uint(), count: uint() }))

/** Declarations of one day, by declarer, whose co-signer has not confirmed. */
export const unconfirmedDays = table(
  'emergency.unconfirmed',
  struct<DayCount>({ day: uint(), count: uint() }),
)

export interface AwaitedReview {
  readonly id: Uint8Array
  readonly dueMs: number
}

export const AWAITED_REVIEWS_MAX = 1024

/** Emergencies of a declarer that nobody has reviewed, oldest first. */
export const awaitedReviews = table(
  'emergency.awaited-reviews',
  list(struct<AwaitedReview>({ id: bytes(32), dueMs: uint() }), AWAITED_REVIEWS_MAX),
)

/** Privacy officers, by institution and account: the height of their appointment. */
export const privacyOfficers = table('emergency.privacy-officer', uint())

/** The id of an emergency commits to its declarer and chart, so that nobody else can take it first: 32 bytes. */
export const emergencyIdOf = (declarer: Uint8Array, chart: Uint8Array, nonce: Uint8Array): Uint8Array =>
  hashTagged('medchain/emergency-id/1', declarer, chart, nonce)
