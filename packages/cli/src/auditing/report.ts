import {
  type AuditEntry,
  decode,
  disclosureHash,
  disclosureStatementSchema,
  hexFromBytes,
} from '@medchain/core'
import type { ChartAnswers } from '@medchain/node'
import { type AuditRow, auditRow, compareRows, type Names } from './audit-row.ts'
import { entriesOf, type NamedChart, type NamedGap, type NamedPending } from './verify-logs.ts'

/** A row with the hash of the statement that its legs share. */
export type StatementRow = AuditRow & {
  readonly statement: string
  /** `list` opened headers only. */
  readonly kind: 'read' | 'list'
}

/** What was gathered, or read from an export, and what the check found. */
export interface AuditFindings {
  readonly charts: readonly (NamedChart & { readonly answers: ChartAnswers })[]
  readonly names: Names
  /** DID of the institution that vouches for an actor, by the actor's; its own for an institution. */
  readonly institutionOf: ReadonlyMap<string, string>
  readonly gaps: readonly NamedGap[]
  readonly pending: readonly NamedPending[]
  /** Null when nothing was checked. */
  readonly isVerified: boolean | null
  /** Institutions that answered. */
  readonly institutions: number
}

const kindOf = ({ statement }: AuditEntry): StatementRow['kind'] => {
  const decoded = decode(disclosureStatementSchema, statement)
  return decoded.ok && decoded.value.kind === 'list' ? 'list' : 'read'
}

/** All entries, newest first. */
export const rowsOf = ({ charts, names }: Pick<AuditFindings, 'charts' | 'names'>): readonly StatementRow[] =>
  charts
    .flatMap((chart) =>
      entriesOf(chart.answers).map((entry) => ({
        ...auditRow(entry, chart, names),
        statement: hexFromBytes(disclosureHash(entry.statement)),
        kind: kindOf(entry),
      })),
    )
    .sort((a, b) => compareRows(b, a))

/** Entries by the statement that they are about: one reading, logged by several institutions. */
export const readingsOf = (rows: readonly StatementRow[]): readonly (readonly StatementRow[])[] => {
  const readings = new Map<string, StatementRow[]>()
  for (const row of rows) {
    const known = readings.get(row.statement)
    if (known) known.push(row)
    else readings.set(row.statement, [row])
  }
  return [...readings.values()]
}
