import { equalBytes, ok, type Result, refuse } from '../../encoding/index.ts'
import type { ReadView } from '../../state/view.ts'
import { clinicianInstitution, EMERGENCY_MS_MAX, EMERGENCY_MS_MIN } from './declare.ts'
import type { HaltedDeclaration } from './halted.ts'
import { countOfDay, DECLARATIONS_PER_INSTITUTION_MAX, DECLARATIONS_PER_PERSON_MAX } from './limits.ts'
import { emergencyChoices } from './tables.ts'

/** What the node that is asked has accepted in this halt and the chain does not count yet. */
export interface HaltedCounts {
  /** Declarations in which the person has a part, or that the institution's people made; of whatever day they say. */
  readonly acceptedOf: (party: Uint8Array) => number
  /** The day, by the node's wall clock in milliseconds since 1970. */
  readonly wallMs: number
}

const checkLimits = (
  view: ReadView,
  { declarer, coSigner }: HaltedDeclaration,
  institution: Uint8Array,
  { acceptedOf, wallMs }: HaltedCounts,
): Result<Uint8Array> => {
  const hasReached = (party: Uint8Array, most: number): boolean =>
    countOfDay(view, party, wallMs) + acceptedOf(party) >= most
  if (
    hasReached(declarer, DECLARATIONS_PER_PERSON_MAX) ||
    hasReached(institution, DECLARATIONS_PER_INSTITUTION_MAX)
  )
    return refuse('emergency.limit', 'The limit of this day is reached, and the chain stands still.')
  return hasReached(coSigner, DECLARATIONS_PER_PERSON_MAX)
    ? refuse(
        'emergency.co-signer-limit',
        'The co-signer has reached the limit of this day: name another one.',
      )
    : ok(institution)
}

/** What the last committed state has against a declaration in a halt (BG12); ok with the declarer's institution. */
export const checkHaltedDeclaration = (
  view: ReadView,
  declaration: HaltedDeclaration,
  counts: HaltedCounts,
): Result<Uint8Array> => {
  const { declarer, coSigner, chart, durationMs } = declaration
  const institution = clinicianInstitution(view, declarer)
  if (!institution)
    return refuse(
      'emergency.not-clinician',
      'Only a practitioner of a care institution declares emergencies.',
    )
  const other = clinicianInstitution(view, coSigner)
  if (!other || equalBytes(declarer, coSigner) || !equalBytes(other, institution))
    return refuse(
      'emergency.co-signer',
      'While the chain stands still the co-signer is another practitioner of the same institution.',
    )
  if (!view.get(emergencyChoices, chart)?.isEligible)
    return refuse('emergency.opted-out', 'The patient does not leave this chart open to emergencies.')
  if (durationMs < EMERGENCY_MS_MIN || durationMs > EMERGENCY_MS_MAX)
    return refuse('emergency.duration', 'An emergency lasts between a minute and four hours.')
  return checkLimits(view, declaration, institution, counts)
}
