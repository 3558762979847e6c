import { hashTagged } from '../crypto/hash.ts'
import {
  bytes,
  bytesFromText,
  encode,
  equalBytes,
  optional,
  type Schema,
  struct,
  text,
} from '../encoding/index.ts'
import type { Purpose } from './purposes.ts'

/** Elements of a written consent after 42 CFR 2.31(a), as people write them. */
export interface Part2Consent {
  /** Name of the patient. */
  readonly patient: string
  /** Name, or general designation, of the programme that discloses. */
  readonly discloser: string
  /** How much and what kind of information: specific and meaningful, naming the substance use information. */
  readonly description: string
  readonly recipient: string
  readonly purpose: string
  /** How it is revoked. */
  readonly rightToRevoke: string
  /** Date, event or condition of its end. */
  readonly expiry: string
  readonly signature: string
  /** Date on which it is signed. */
  readonly date: string
  /** For treatment, payment and operations in one: that the recipient may disclose further. */
  readonly redisclosure?: string | undefined
  /** For the same: what follows from refusing to sign. */
  readonly refusalConsequences?: string | undefined
}

/** All elements of one consent together, in UTF-8. */
export const PART2_CONSENT_BYTES_MAX = 24 * 1024

const element = text(PART2_CONSENT_BYTES_MAX)

export const part2ConsentSchema: Schema<Part2Consent> = struct<Part2Consent>({
  patient: element,
  discloser: element,
  description: element,
  recipient: element,
  purpose: element,
  rightToRevoke: element,
  expiry: element,
  signature: element,
  date: element,
  redisclosure: optional(element),
  refusalConsequences: optional(element),
})

const ELEMENTS: readonly (keyof Part2Consent)[] = [
  ...(['patient', 'discloser', 'description', 'recipient', 'purpose'] as const),
  ...(['rightToRevoke', 'expiry', 'signature', 'date'] as const),
]
const TPO: readonly Purpose[] = ['TREAT', 'HPAYMT', 'HOPERAT']
const STATEMENTS: readonly (keyof Part2Consent)[] = ['redisclosure', 'refusalConsequences']

/** Which elements a consent for these purposes lacks; a single one for all of TPO needs two statements more. */
export const missingPart2Elements = (
  draft: { readonly [Name in keyof Part2Consent]?: string | undefined },
  purposes: readonly Purpose[],
): readonly (keyof Part2Consent)[] => {
  const needed = TPO.every((purpose) => purposes.includes(purpose)) ? [...ELEMENTS, ...STATEMENTS] : ELEMENTS
  return needed.filter((name) => (draft[name] ?? '').trim() === '')
}

/** Whether a consent is longer than a copy of it may be. */
export const isPart2ConsentTooLong = (consent: Part2Consent): boolean =>
  [...ELEMENTS, ...STATEMENTS].reduce((sum, name) => sum + bytesFromText(consent[name] ?? '').length, 0) >
  PART2_CONSENT_BYTES_MAX

/** What the chain keeps of a consent: a hash under a random salt of 32 bytes. */
export const part2ConsentDigest = (consent: Part2Consent, salt: Uint8Array): Uint8Array =>
  hashTagged('medchain/part2-consent/1', salt, encode(part2ConsentSchema, consent))

/** A written consent with what proves that the chain means it. */
export interface Part2Copy {
  readonly consent: Part2Consent
  /** 32 bytes. */
  readonly salt: Uint8Array
}

export const part2CopySchema = struct<Part2Copy>({ consent: part2ConsentSchema, salt: bytes(32) })

/** Whether the chain means this copy: its digest is the one attested for the grant. */
export const isPart2CopyOf = ({ consent, salt }: Part2Copy, consentDigest: Uint8Array): boolean =>
  equalBytes(part2ConsentDigest(consent, salt), consentDigest)

/** The notice that goes with each disclosure, in the words of 42 CFR 2.32(a)(2). */
export const PART2_NOTICE = '42 CFR part 2 prohibits unauthorized use or disclosure of these records.'
