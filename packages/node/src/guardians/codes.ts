import { type Refusal, refuse } from '@medchain/core'

/** Refusals of whoever keeps shares of recoveries; those of the chain's rules are in core. */
export const GUARDIAN_CODES = {
  'recover.exists': 'A recovery of that id is on the chain already.',
  'recover.no-share': 'This institution holds no share of the recovery; ask the other custodians.',
  'recover.not-here': 'The guardian belongs to another institution; hand its share over there.',
  'recover.share': 'The share does not open here, or is not the one that the chain commits to.',
  'recover.stale': 'Newer content of the recovery is stored; write again with a higher counter.',
  'recover.too-many': 'More recoveries are kept here than one person or guardian needs.',
} as const

export const refuseGuardian = (code: keyof typeof GUARDIAN_CODES): Refusal =>
  refuse(code, GUARDIAN_CODES[code])
