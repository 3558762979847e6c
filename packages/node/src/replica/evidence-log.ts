import { appendFile, readFile } from 'node:fs/promises'
import { bytesFromHex, EQUIVOCATION_KINDS, type EvidenceRecord, hexFromBytes } from '@medchain/core'

type Signed = EvidenceRecord['first']

const textOf = ({ message, signature }: Signed) => ({
  message: hexFromBytes(message),
  signature: hexFromBytes(signature),
})

const lineOf = ({ height, round, kind, ...record }: EvidenceRecord): string => {
  const institution = hexFromBytes(record.institution)
  const [first, second] = [textOf(record.first), textOf(record.second)]
  return `${JSON.stringify({ height, round, kind, institution, first, second })}\n`
}

const bytesOf = (text: unknown): Uint8Array => {
  const bytes = bytesFromHex(String(text))
  if (!bytes.ok) throw new SyntaxError(bytes.message)
  return bytes.value
}

const signedFrom = ({ message, signature }: Record<keyof Signed, unknown>): Signed => ({
  message: bytesOf(message),
  signature: bytesOf(signature),
})

/** The record of a line; undefined for one that a crash tore. */
const recordFrom = (line: string): EvidenceRecord | undefined => {
  try {
    const { height, round, kind, institution, first, second } = JSON.parse(line)
    if (!EQUIVOCATION_KINDS.includes(kind)) return undefined
    const signed = { first: signedFrom(first), second: signedFrom(second) }
    return {
      height: Number(height),
      round: Number(round),
      kind,
      institution: bytesOf(institution),
      ...signed,
    }
  } catch {
    return undefined
  }
}

/** Evidence of equivocation that a home keeps, a line of JSON each. */
export const readEvidence = async (file: string): Promise<readonly EvidenceRecord[]> => {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text.split('\n').flatMap((line) => recordFrom(line) ?? [])
}

export interface EvidenceLog {
  /** Durable enough: the record is told again by whoever else saw it. */
  readonly append: (record: EvidenceRecord) => Promise<void>
  /** Calls back for each record once it is in the file; returns what ends it. */
  readonly onEvidence: (listener: (record: EvidenceRecord) => void) => () => void
}

/** Keeps evidence in a file and tells those who listen. */
export const createEvidenceLog = (file: string): EvidenceLog => {
  const listeners = new Set<(record: EvidenceRecord) => void>()
  return {
    append: async (record) => {
      await appendFile(file, lineOf(record), { mode: 0o600 })
      for (const listener of listeners) listener(record)
    },
    onEvidence: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
