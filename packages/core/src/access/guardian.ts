import type { AccessMode } from './access-mode.ts'
import type { Purpose } from './purposes.ts'

/** Who may act for a patient; recovery is a matter of its own. */
export const GUARDIAN_KINDS = ['parent', 'court', 'proxy'] as const

export type GuardianKind = (typeof GUARDIAN_KINDS)[number]

/** Clinicians that must have stated incapacity before a proxy acts. */
export const CLINICIANS_NEEDED = 2

/** The newest guardianship of an account over a chart, as committed state has it. */
export interface GuardianshipFacts {
  readonly id: Uint8Array
  readonly kind: GuardianKind
  /** Block time in ms from which it holds, inclusive. */
  readonly fromMs: number
  /** Block time in ms at which it ends (majority, the court's term), exclusive. */
  readonly untilMs: number
  readonly isEnded: boolean
  /** Clinicians in good standing whose statement of incapacity stands. */
  readonly clinicians: number
  /** Whether the patient keeps the chart to itself: then no guardian has a part in it. */
  readonly isReserved: boolean
}

/** `permit`, or why the guardian may not act. */
export interface GuardianRule {
  readonly code: string
  readonly rule: string
}

const rule = (code: string, sentence: string): GuardianRule => ({ code, rule: sentence })

/** Whether a guardianship is in force (guardians G3): one rule for reading, granting and everything else. */
export const ruleOnGuardian = (facts: GuardianshipFacts, timeMs: number): GuardianRule => {
  if (facts.isReserved) return rule('guardian.reserved', 'The patient keeps this chart to themselves.')
  if (facts.isEnded) return rule('guardian.ended', 'The guardianship was ended.')
  if (timeMs < facts.fromMs) return rule('guardian.not-yet', 'The guardianship has not begun.')
  if (timeMs >= facts.untilMs)
    return rule('guardian.expired', 'The guardianship has ended by its term or by majority.')
  return facts.kind === 'proxy' && facts.clinicians < CLINICIANS_NEEDED
    ? rule(
        'guardian.not-activated',
        'Two clinicians must state that the patient cannot act before a proxy does.',
      )
    : rule('permit', 'The actor is a guardian in force.')
}

const GUARDIAN_PURPOSES: readonly Purpose[] = ['PATRQT', 'TREAT']

interface GuardianQuestion {
  readonly guardianship?: GuardianshipFacts | undefined
  readonly purpose: Purpose
  readonly mode: AccessMode
  readonly timeMs: number
}

interface GuardianRuling extends GuardianRule {
  readonly outcome: 'permit' | 'deny'
  readonly basis: 'guardian'
  readonly grant: undefined
  /** The guardianship. */
  readonly reference: Uint8Array
}

/**
 * What a guardianship decides (G4): reading in the patient's place. Undefined where it does not speak: for writing, for
 * who never had one, where a grant permits anyway or the patient forbade it (`codeByGrants`). A guardian that no grant
 * names hears why it may not.
 */
export const rulingOfGuardian = (
  { guardianship, purpose, mode, timeMs }: GuardianQuestion,
  codeByGrants: string,
): GuardianRuling | undefined => {
  if (!guardianship || mode !== 'read' || ['permit', 'consent.denied'].includes(codeByGrants))
    return undefined
  const inForce = ruleOnGuardian(guardianship, timeMs)
  const isPermitted = inForce.code === 'permit' && GUARDIAN_PURPOSES.includes(purpose)
  if (!isPermitted && codeByGrants !== 'consent.none') return undefined
  const ruled =
    isPermitted || inForce.code !== 'permit'
      ? inForce
      : rule('consent.purpose', 'A guardian reads for treatment or in the patient’s place.')
  const outcome = isPermitted ? 'permit' : 'deny'
  return { ...ruled, outcome, basis: 'guardian', grant: undefined, reference: guardianship.id }
}
