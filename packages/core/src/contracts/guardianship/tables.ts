import { GUARDIAN_KINDS, type GuardianKind } from '../../access/guardian.ts'
import { hashTagged } from '../../crypto/hash.ts'
import { bool, bytes, list, optional, struct, uint, word } from '../../encoding/index.ts'
import { table } from '../../state/table.ts'

/** What a chart signs when it appoints. */
export interface GuardianshipTerms {
  /** `guardianshipIdOf` the chart and the terms' digest. */
  readonly guardianshipId: Uint8Array
  /** Account of role guardian. */
  readonly guardian: Uint8Array
  readonly kind: GuardianKind
  /** Block time in ms from which it holds, inclusive. */
  readonly fromMs: number
  /** Block time in ms at which it ends, exclusive; for a parent the day of majority. */
  readonly untilMs: number
  /** Hash of the court's order; present exactly for a court's guardian. */
  readonly documentHash: Uint8Array | undefined
  /** Hash, under a random salt, of the terms that guardian and patient hold off the chain. */
  readonly termsDigest: Uint8Array
}

export interface Guardianship extends GuardianshipTerms {
  readonly chart: Uint8Array
  readonly appointedHeight: number
  /** Ended for good at this height by the patient or the guardian itself. */
  readonly endedHeight: number | undefined
}

const termsFields = {
  guardianshipId: bytes(32),
  guardian: bytes(32),
  kind: word(GUARDIAN_KINDS),
  fromMs: uint(),
  untilMs: uint(),
  documentHash: optional(bytes(32)),
  termsDigest: bytes(32),
}

export const guardianshipTermsSchema = struct<GuardianshipTerms>(termsFields)

/** The id commits to its chart, so that nobody else can take it first: 32 bytes. */
export const guardianshipIdOf = (chart: Uint8Array, termsDigest: Uint8Array): Uint8Array =>
  hashTagged('medchain/guardianship-id/1', chart, termsDigest)

/** Guardianships by their id. */
export const guardianships = table(
  'guardianship.guardianship',
  struct<Guardianship>({
    ...termsFields,
    chart: bytes(32),
    appointedHeight: uint(),
    endedHeight: optional(uint()),
  }),
)

/** What a chart says of guardians as a whole. */
export interface GuardedChart {
  /** Guardianships that it ever gave. */
  readonly count: number
  readonly isReserved: boolean
}

export const guardedCharts = table(
  'guardianship.chart',
  struct<GuardedChart>({ count: uint(), isReserved: bool }),
)

/** Guardianship ids of a chart, by chart and position. */
export const chartGuardianships = table('guardianship.chart-guardianship', bytes(32))

/** The newest guardianship of an account over a chart, by chart and account. */
export const newestGuardianship = table('guardianship.newest', bytes(32))

export const CLINICIANS_MAX = 8

/** Clinicians whose statement of incapacity stands, by guardianship. */
export const incapacityStatements = table('guardianship.incapacity', list(bytes(32), CLINICIANS_MAX))

/** The guardian that gave a grant in the patient's place, by grant. */
export const grantGivers = table('guardianship.grant-giver', bytes(32))

/** More than a patient's care needs; the end of a guardianship is one transaction. */
export const GUARDIANS_GRANTS_MAX = 512

/** Grants that were given under a guardianship and may be in force, by its id, oldest first. */
export const guardiansGrants = table('guardianship.grants', list(bytes(32), GUARDIANS_GRANTS_MAX))
