import {
  type AuditEntry,
  auditEntryHash,
  base32FromBytes,
  didFromAccountId,
  hexFromBytes,
} from '@medchain/core'
import { rfc3339 } from '../format/time.ts'

/** One entry of a node's log, as `audit` shows it. */
export interface AuditRow {
  readonly at: string
  readonly height: number
  /** DID of the institution that logged. */
  readonly node: string
  readonly nodeName: string
  readonly seq: number
  /** DID of who asked; for the patient the chart's. */
  readonly actor: string
  readonly actorName: string | null
  readonly purpose: string
  readonly basis: string
  readonly chart: string
  readonly compartment: string
  /** The record, or the first of several. */
  readonly record: string | null
  readonly records: readonly string[]
  /** Those of `records` that were refused. */
  readonly refused: readonly string[]
  readonly leg: string
  readonly outcome: 'permit' | 'deny' | 'partly'
  readonly code: string
  readonly grantId: string | null
  /** Circumstances, such as `stale`: decided while the chain stood still. */
  readonly marks: readonly string[]
  readonly entryHash: string
}

/** Names that the person, the chain or a contact list gives to DIDs. */
export type Names = ReadonlyMap<string, string>

const outcomeOf = ({ permitted, refused, code }: AuditEntry): AuditRow['outcome'] => {
  if (refused.length === 0 && code === 'permit') return 'permit'
  return permitted.length === 0 ? 'deny' : 'partly'
}

export const auditRow = (
  entry: AuditEntry,
  chart: { readonly did: string; readonly compartment: string },
  names: Names,
): AuditRow => {
  const node = didFromAccountId(entry.node)
  const actor = didFromAccountId(entry.actor)
  const refused = entry.refused.map(base32FromBytes)
  const records = [...entry.permitted.map(base32FromBytes), ...refused]
  return {
    at: rfc3339(entry.timeMs),
    height: entry.height,
    node,
    nodeName: names.get(node) ?? node,
    seq: entry.sequence,
    actor,
    actorName: names.get(actor) ?? null,
    purpose: entry.purpose,
    basis: entry.basis,
    chart: chart.did,
    compartment: chart.compartment,
    record: records[0] ?? null,
    records,
    refused,
    leg: entry.leg,
    outcome: outcomeOf(entry),
    code: entry.code,
    grantId: entry.grantId === undefined ? null : base32FromBytes(entry.grantId),
    marks: entry.marks,
    entryHash: hexFromBytes(auditEntryHash(entry)),
  }
}

/** Oldest first; entries of one moment by node and sequence, so that pages never overlap. */
export const compareRows = (a: AuditRow, b: AuditRow): number => {
  const keys = (row: AuditRow): readonly (string | number)[] => [row.at, row.node, row.chart, row.seq]
  const [left, right] = [keys(a), keys(b)]
  const position = left.findIndex((key, index) => key !== right[index])
  if (position < 0) return 0
  return (left[position] as string | number) < (right[position] as string | number) ? -1 : 1
}
