import {
  type AuditEntry,
  auditEntryHash,
  auditEntrySchema,
  base32FromBytes,
  type DisclosureStatement,
  decode,
  disclosureMessage,
  disclosureStatementSchema,
  emergencyCharts,
  equalBytes,
  hexFromBytes,
  requestMessage,
  requestStatementSchema,
} from '@medchain/core'
import { firstHead, follows, headAfter } from './chart-heads.ts'
import {
  AUDIT_GAPS,
  type AuditEvidence,
  type AuditGap,
  type AuditGapCode,
  type CollectedLog,
} from './collected-log.ts'

/** One entry that stands in a node's log. */
export interface VerifiedEntry {
  readonly entry: AuditEntry
  readonly statement: DisclosureStatement | undefined
  readonly hash: Uint8Array
}

export interface VerifiedChain {
  readonly entries: readonly VerifiedEntry[]
  readonly gaps: readonly AuditGap[]
}

const ENTRY_BYTES_MAX = 4 * 1024 * 1024

export const gap = (node: Uint8Array, code: AuditGapCode, sequence?: number, detail?: string): AuditGap => ({
  node,
  code,
  sequence,
  detail: detail === undefined ? AUDIT_GAPS[code] : `${AUDIT_GAPS[code]} (${detail})`,
})

const sameIds = (a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean => {
  const names = new Set(a.map(hexFromBytes))
  const others = new Set(b.map(hexFromBytes))
  return a.length === b.length && names.size === others.size && [...others].every((id) => names.has(id))
}

/** Whether the entry says what the signed statement says. */
const fitsStatement = (entry: AuditEntry, statement: DisclosureStatement): boolean => {
  const holder = {
    ciphertext: statement.ciphertextHolder,
    release: statement.releaseHolder,
    agent: statement.servingNode,
    share: statement.ciphertextHolder,
    lookup: undefined,
  }[entry.leg]
  return (
    equalBytes(statement.chart, entry.chart) &&
    equalBytes(statement.actor, entry.actor) &&
    statement.purpose === entry.purpose &&
    holder !== undefined &&
    equalBytes(holder, entry.node) &&
    sameIds(statement.recordIds, [...entry.permitted, ...entry.refused])
  )
}

const isSignedWith = (entry: AuditEntry, message: Uint8Array, evidence: AuditEvidence): boolean => {
  const key = entry.signingKey ?? evidence.presentKeyOf(entry.actor)
  return (
    key !== undefined &&
    evidence.isKeyOf(entry.actor, key) &&
    evidence.verifier.verify(key, message, entry.signature)
  )
}

/** Whether the actor signed the request for charts that the entry is about (BG15); it names a person, no chart. */
const isLookup = (entry: AuditEntry, { networkId, ...evidence }: AuditEvidence): boolean => {
  const request = decode(requestStatementSchema, entry.statement)
  return (
    entry.permitted.length + entry.refused.length === 0 &&
    request.ok &&
    request.value.action === emergencyCharts.action &&
    equalBytes(request.value.actor, entry.actor) &&
    equalBytes(request.value.node, entry.node) &&
    equalBytes(request.value.networkId, networkId) &&
    isSignedWith(entry, requestMessage(entry.statement), { networkId, ...evidence })
  )
}

const isDisclosure = (
  entry: AuditEntry,
  statement: DisclosureStatement | undefined,
  evidence: AuditEvidence,
): boolean =>
  statement !== undefined &&
  fitsStatement(entry, statement) &&
  equalBytes(statement.networkId, evidence.networkId) &&
  isSignedWith(entry, disclosureMessage(entry.statement), evidence)

/** The entries of a log as far as they decode, unchecked. */
export const entriesIn = ({ entries }: CollectedLog): readonly VerifiedEntry[] =>
  entries.flatMap((bytes) => {
    const entry = decode(auditEntrySchema, bytes, ENTRY_BYTES_MAX)
    if (!entry.ok) return []
    const statement = decode(disclosureStatementSchema, entry.value.statement)
    return [
      {
        entry: entry.value,
        statement: statement.ok ? statement.value : undefined,
        hash: auditEntryHash(entry.value),
      },
    ]
  })

/** Checks one node's entries by themselves: chain, numbers, statements and their signatures. */
export const verifyChain = (node: Uint8Array, log: CollectedLog, evidence: AuditEvidence): VerifiedChain => {
  const entries: VerifiedEntry[] = []
  const gaps: AuditGap[] = []
  let head = firstHead(evidence.chart)
  for (const bytes of log.entries) {
    const decoded = decode(auditEntrySchema, bytes, ENTRY_BYTES_MAX)
    if (
      !decoded.ok ||
      !equalBytes(decoded.value.node, node) ||
      !equalBytes(decoded.value.chart, evidence.chart)
    ) {
      gaps.push(gap(node, 'audit.altered', head.sequence + 1, 'no entry of this chart and node'))
      continue
    }
    const entry = decoded.value
    if (!follows(head, entry)) {
      const isNumbered = entry.sequence === head.sequence + 1
      const detail = isNumbered
        ? 'the chain of hashes breaks'
        : `entry ${entry.sequence} follows ${head.sequence}`
      gaps.push(gap(node, isNumbered ? 'audit.altered' : 'audit.thinned', head.sequence + 1, detail))
    }
    head = headAfter(entry)
    const statement = decode(disclosureStatementSchema, entry.statement)
    const isTrue =
      entry.leg === 'lookup'
        ? isLookup(entry, evidence)
        : isDisclosure(entry, statement.ok ? statement.value : undefined, evidence)
    if (!isTrue) gaps.push(gap(node, 'audit.forged', entry.sequence, `actor ${base32FromBytes(entry.actor)}`))
    entries.push({
      entry,
      statement: statement.ok ? statement.value : undefined,
      hash: auditEntryHash(entry),
    })
  }
  if (log.count > head.sequence)
    gaps.push(gap(node, 'audit.thinned', head.sequence + 1, `${log.count} entries announced`))
  return { entries, gaps }
}
