import { type Refusal, refuse } from '@medchain/core'

/** Refusals of registration, of the person directory and of what is kept for people. */
export const DIRECTORY_CODES = {
  'directory.denied': 'The institution sponsors only whom it invited; ask it for an enrolment token.',
  'directory.exists': 'The person has a chart for this compartment already.',
  'directory.registration': 'The registration is not one that this institution can co-sign; make it again.',
  'directory.unknown': 'The institution knows no charts of that person.',
  'envelope.grant': 'The chain has no such grant of this chart to this grantee; wait for its commit.',
  'envelope.mismatch': 'The sealed grant is for another grant.',
  'keyring.stale': 'A newer keyring is stored; fetch it, and write again with a higher counter.',
} as const

export const refuseDirectory = (code: keyof typeof DIRECTORY_CODES, detail?: string): Refusal =>
  refuse(code, detail === undefined ? DIRECTORY_CODES[code] : `${DIRECTORY_CODES[code]} (${detail})`)
