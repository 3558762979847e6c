import { hashTagged } from '../crypto/hash.ts'
import { bool, bytes, list, optional, struct, uint, word } from '../encoding/index.ts'
import { PURPOSES, type Purpose } from './purposes.ts'

export const GRANT_MODES = ['read', 'write', 'read-write'] as const

export type GrantMode = (typeof GRANT_MODES)[number]

/** The rule part of a grant, as its chart signed it. */
export interface GrantTerms {
  /** `grantIdOf` the chart and the terms' digest. */
  readonly grantId: Uint8Array
  /** Account that may act: a person enrolled by an institution, or an institution. */
  readonly grantee: Uint8Array
  readonly mode: GrantMode
  readonly purposes: readonly Purpose[]
  /** Block time in ms from which it holds, inclusive. */
  readonly fromMs: number
  /** Block time in ms at which it ends, exclusive. */
  readonly untilMs: number
  /** Merkle root over the record ids it is limited to; absent for the whole compartment. */
  readonly scopeDigest: Uint8Array | undefined
  /** Hash, under a random salt, of the terms that grantee and patient hold off the chain. */
  readonly termsDigest: Uint8Array
  /** Institution that de-identifies and delivers; present exactly when the purposes name HRESCH. */
  readonly broker: Uint8Array | undefined
  /** A provision that forbids what it matches. */
  readonly isDeny: boolean
}

/** The id of a grant commits to its chart, so that nobody else can take it first: 32 bytes. */
export const grantIdOf = (chart: Uint8Array, termsDigest: Uint8Array): Uint8Array =>
  hashTagged('medchain/grant-id/1', chart, termsDigest)

export interface Grant extends GrantTerms {
  readonly chart: Uint8Array
  readonly grantedHeight: number
  readonly revokedHeight: number | undefined
}

const termsFields = {
  grantId: bytes(32),
  grantee: bytes(32),
  mode: word(GRANT_MODES),
  purposes: list(word(PURPOSES), PURPOSES.length),
  fromMs: uint(),
  untilMs: uint(),
  scopeDigest: optional(bytes(32)),
  termsDigest: bytes(32),
  broker: optional(bytes(32)),
  isDeny: bool,
}

export const grantTermsSchema = struct<GrantTerms>(termsFields)

export const grantSchema = struct<Grant>({
  ...termsFields,
  chart: bytes(32),
  grantedHeight: uint(),
  revokedHeight: optional(uint()),
})
