import { appendFile } from 'node:fs/promises'
import { type EvidenceRecord, hexFromBytes } from '@medchain/core'

const lineOf = (record: EvidenceRecord): string => {
  const signed = ({ message, signature }: EvidenceRecord['first']) => ({
    message: hexFromBytes(message),
    signature: hexFromBytes(signature),
  })
  const { height, round, kind } = record
  const institution = hexFromBytes(record.institution)
  return `${JSON.stringify({ height, round, kind, institution, first: signed(record.first), second: signed(record.second) })}\n`
}

/** Keeps evidence of equivocation, a line of JSON each. */
export const appendEvidence = (file: string, record: EvidenceRecord): Promise<void> =>
  appendFile(file, lineOf(record), { mode: 0o600 })
