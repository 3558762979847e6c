import { type Refusal, refuse } from '@medchain/core'

/** Refusals of what nodes do for emergencies; those of the chain itself are core's. */
export const EMERGENCY_CODES = {
  'emergency.closed': 'The emergency was closed.',
  'emergency.details': 'The text and site are not those that the declaration commits to.',
  'emergency.early': 'The chain has no such declaration or shares yet; wait for their commit.',
  'emergency.exists': 'An emergency of this declarer is under way for this chart.',
  'emergency.expired': 'The emergency has ended.',
  'emergency.no-reason': 'An emergency is declared with a reason in words.',
  'emergency.not-clinician': 'Only a practitioner of a care institution declares emergencies.',
  'emergency.not-custodian': 'The institution is no custodian of this chart.',
  'emergency.not-filed':
    'No institution says that it keeps the reason in words; without it no custodian releases a share.',
  'emergency.not-halted':
    'The chain goes on, as far as this node saw in the last half minute: declare the emergency on it, as usual.',
  'emergency.other-institution':
    'What is declared while the chain stands still begins at the declarer’s own institution.',
  'emergency.signatures': 'A declaration in a halt needs the true signatures of declarer and co-signer.',
  'emergency.superseded': 'The chart has other shares by now, or was closed to emergencies.',
  'emergency.unconfirmed':
    'Too many declarations of this day wait for a co-signer or did in vain: have one confirmed.',
  'emergency.unknown': 'No emergency of that id names the signer.',
} as const

export const refuseEmergency = (code: keyof typeof EMERGENCY_CODES): Refusal =>
  refuse(code, EMERGENCY_CODES[code])
