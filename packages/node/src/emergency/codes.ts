import { type Refusal, refuse } from '@medchain/core'

/** Refusals of what nodes do for emergencies; those of the chain itself are core's. */
export const EMERGENCY_CODES = {
  'emergency.details': 'The text and site are not those that the declaration commits to.',
  'emergency.early': 'The chain has no such declaration or shares yet; wait for their commit.',
  'emergency.no-reason': 'An emergency is declared with a reason in words.',
  'emergency.not-clinician': 'Only a practitioner of a care institution declares emergencies.',
  'emergency.not-custodian': 'The institution is no custodian of this chart.',
  'emergency.superseded': 'The chart has other shares by now, or was closed to emergencies.',
} as const

export const refuseEmergency = (code: keyof typeof EMERGENCY_CODES): Refusal =>
  refuse(code, EMERGENCY_CODES[code])
