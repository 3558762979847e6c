/** Order within a round in which one validator may sign (consensus Q42). */
const SIGNING_STEPS = ['round-change', 'proposal', 'prepare', 'commit'] as const

export type SigningStep = (typeof SIGNING_STEPS)[number]

/** Where in the protocol a signature stands; a validator only ever signs at increasing positions. */
export interface SigningPosition {
  readonly height: number
  readonly round: number
  readonly step: SigningStep
}

/** Negative, zero or positive as `a` stands before, at or after `b`. */
export const comparePositions = (a: SigningPosition, b: SigningPosition): number =>
  a.height - b.height || a.round - b.round || SIGNING_STEPS.indexOf(a.step) - SIGNING_STEPS.indexOf(b.step)
