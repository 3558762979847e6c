import { shortDid } from '../format/id.ts'
import type { Palette } from '../format/palette.ts'
import { tableText } from '../format/table.ts'
import type { AuditRow } from './audit-row.ts'
import type { NamedGap, NamedPending } from './verify-logs.ts'

type AuditViewRow = AuditRow & { readonly statement: string }

export interface AuditView {
  /** Entries of this page. */
  readonly rows: readonly AuditViewRow[]
  /** Of every page: a reading on this one may be logged on another one, too. */
  readonly all: readonly AuditViewRow[]
  readonly gaps: readonly NamedGap[]
  /** Entries that wait for their anchor. */
  readonly pending: readonly NamedPending[]
  /** Null when nothing was checked. */
  readonly verified: boolean | null
  readonly institutions: number
  /** Entries in all, on this page and the others. */
  readonly total: number
  readonly next: string | undefined
}

const outcomeText = ({ outcome, code, marks }: AuditRow, paint: Palette): string => {
  if (outcome === 'permit')
    return [paint.good('permitted'), ...marks.map((mark) => paint.warning(mark))].join(', ')
  return outcome === 'deny' ? paint.bad(`refused (${code})`) : paint.warning('some refused')
}

const recordsText = ({ records, compartment, leg }: AuditRow): string => {
  if (leg === 'lookup') return 'which charts are open to emergencies'
  if (leg === 'share') return `${compartment}: share of its key`
  return records.length === 1 ? `${compartment}: ${records[0]}` : `${compartment}: ${records.length} records`
}

const distinct = (values: readonly string[]): string => [...new Set(values)].join(', ')

/** One line for each reading on the page: its legs were logged by several institutions. */
const readingRows = ({ rows, all }: AuditView, paint: Palette): readonly (readonly string[])[] => {
  const readings = new Map<string, AuditViewRow[]>(rows.map(({ statement }) => [statement, []]))
  for (const row of all) readings.get(row.statement)?.push(row)
  return [...readings.values()].flatMap((legs) => {
    const [row] = legs
    if (row === undefined) return []
    const who =
      row.basis === 'owner' ? `${row.actorName ?? ''} (yourself)` : (row.actorName ?? shortDid(row.actor))
    const loggedBy = distinct(legs.map(({ nodeName }) => nodeName))
    return [[row.at, who.trim(), row.purpose, row.basis, recordsText(row), outcomeText(row, paint), loggedBy]]
  })
}

interface Headline {
  readonly gaps: readonly NamedGap[]
  readonly isVerified: boolean | null
  readonly institutions: number
  readonly total: number | undefined
}

/** How far what is shown can be relied on. */
export const auditHeadline = (
  { isVerified: verified, gaps, institutions, total }: Headline,
  paint: Palette,
): string => {
  const of = `${total ?? 'All'} entries of ${institutions} institutions`
  if (verified === true) return `${paint.good('Verified')}: ${of} fit the chain and each other.`
  const names = distinct(gaps.map(({ nodeName }) => nodeName))
  if (verified === null)
    return names === '' ? `${of}; --verify checks them.` : `${of}; nothing from ${names}.`
  if (gaps.every(({ code }) => code === 'node.unreachable')) {
    return `${paint.warning('Verified in part')}: ${of} fit the chain and each other; nothing from ${names}.`
  }
  return `${paint.bad('Not verified')}: ${of}; see ${names}.`
}

export const gapLines = (gaps: readonly NamedGap[]): readonly string[] => {
  const counted = new Map<string, number>()
  for (const { nodeName, message, code } of gaps) {
    const line = `${nodeName}: ${message} [${code}]`
    counted.set(line, (counted.get(line) ?? 0) + 1)
  }
  return [...counted].map(([line, count]) => (count === 1 ? line : `${line} × ${count}`))
}

const pendingLines = (pending: readonly NamedPending[]): readonly string[] =>
  pending.map(
    ({ nodeName, seq, ageSeconds }) => `${nodeName}: entry ${seq} is not anchored yet, ${ageSeconds} s old.`,
  )

/** The audit as a person reads it. */
export const auditText = (view: AuditView, paint: Palette, width?: number): string => {
  const columns = ['At', 'Who', 'Purpose', 'Basis', 'Records', 'Outcome', 'Logged by']
  const parts = [
    auditHeadline({ ...view, isVerified: view.verified }, paint),
    gapLines(view.gaps).join('\n'),
    pendingLines(view.pending).join('\n'),
    tableText(columns, readingRows(view, paint), 'There is nothing to show.', width),
    view.next === undefined ? '' : `More with --cursor ${view.next}`,
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}
