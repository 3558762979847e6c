import { hashTagged } from '../crypto/hash.ts'
import { bytesFromText } from '../encoding/index.ts'
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

/** What the chain keeps of a consent: a hash under a random salt of 32 bytes. */
export const part2ConsentDigest = (consent: Part2Consent, salt: Uint8Array): Uint8Array =>
  hashTagged(
    'medchain/part2-consent/1',
    salt,
    bytesFromText([...ELEMENTS, ...STATEMENTS].map((name) => `${name}: ${consent[name] ?? ''}`).join('\n')),
  )

/** The notice that goes with each disclosure, in the words of 42 CFR 2.32(a)(2). */
export const PART2_NOTICE = '42 CFR part 2 prohibits unauthorized use or disclosure of these records.'
