import { type Refusal, refuse } from '@medchain/core'

/** Refusals of registration, of the person directory and of what is kept for people. */
export const DIRECTORY_CODES = {
  'directory.attestation': 'The attestation is not one that this institution signed; make it again.',
  'directory.denied': 'The institution sponsors only whom it invited; ask it for an enrolment token.',
  'directory.exists':
    'The person has a chart for this compartment already, or the chart is another person’s.',
  'directory.institution-only': 'Only the institution itself does this, with the keys of its node.',
  'directory.other-sponsor': 'Another institution enrolled that account, or it has another role.',
  'directory.registration': 'The registration is not one that this institution can co-sign; make it again.',
  'directory.staff-only': 'Only active staff of the institution may ask this.',
  'directory.unknown': 'The institution knows no charts of that person.',
  'envelope.grant': 'The chain has no such grant of this chart to this grantee; wait for its commit.',
  'envelope.mismatch': 'The sealed grant is for another grant.',
  'keyring.other': 'The keyring is not that of the person who rotates.',
  'keyring.stale': 'A newer keyring is stored; fetch it, and write again with a higher counter.',
  'rotation.giver':
    'New keys come from the institution that registered the person, which the person asked for it.',
  'subject.exists': 'The number stands for somebody else; take it off first.',
  'subject.unknown': 'The institution’s directory does not have that number.',
} as const

export const refuseDirectory = (code: keyof typeof DIRECTORY_CODES, detail?: string): Refusal =>
  refuse(code, detail === undefined ? DIRECTORY_CODES[code] : `${DIRECTORY_CODES[code]} (${detail})`)
