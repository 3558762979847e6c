import { type Refusal, refuse } from '@medchain/core'

/** Refusals of the audit log, with the sentence a person can act on. */
export const AUDIT_CODES = {
  'audit.damaged':
    'The audit log of this node is damaged; run `medchain node doctor` and restore the file from a backup.',
  'audit.not-chart': 'Only the patient, with the key of the chart, reads the chart’s audit log.',
  'audit.not-ready':
    'The node has not yet anchored its audit log after its start; try again in a few seconds.',
  'audit.unknown-anchor': 'The chain has no anchor of this node under that number.',
  'audit.write-failed': 'The node could not write its audit log, so it discloses nothing; check its disk.',
} as const

export const refuseAudit = (code: keyof typeof AUDIT_CODES, detail?: string): Refusal =>
  refuse(code, detail === undefined ? AUDIT_CODES[code] : `${AUDIT_CODES[code]} (${detail})`)
