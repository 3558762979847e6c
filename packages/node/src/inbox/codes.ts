import { type Refusal, refuse } from '@medchain/core'

/** Refusals of requests for access. */
export const INBOX_CODES = {
  'requests.blocked': 'So many are blocked that no more fit; unblock some first.',
  'requests.expiry': 'A request for access lasts between an hour and 90 days.',
  'requests.limit': 'Too many requests for access wait for an answer; let some be answered or expire.',
  'requests.not-staff':
    'Only an institution, its practitioners and researchers ask for access, at its own node.',
  'requests.unknown': 'There is no such request here; it was answered, or has expired.',
} as const

export const refuseInbox = (code: keyof typeof INBOX_CODES): Refusal => refuse(code, INBOX_CODES[code])
