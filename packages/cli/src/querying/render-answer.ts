import { fail } from '../command-error.ts'
import type { JsonValue } from '../commands/command-spec.ts'
import { tableText } from '../format/table.ts'
import { columnsOf, flattenRow } from './flatten-row.ts'
import type { QueryAnswer, QueryGroup } from './query-answer.ts'

export const QUERY_FORMATS = ['table', 'json', 'csv', 'ndjson'] as const

export type QueryFormat = (typeof QUERY_FORMATS)[number]

const TABLE_COLUMNS_MAX = 8
const CELL_MAX = 40

// What tells most of a resource on a screen comes first.
const TELLING = [
  /^resourceType$/,
  /^id$/,
  /^code\.text$/,
  /^(code|vaccineCode|medicationCodeableConcept)\.coding\[0\]\.(display|code)$/,
  /(^|\.)(value|valueInteger|valueString)$/,
  /\.unit$/,
  /^(effective|onset|performed|occurrence|authored|period|birth)/,
  /^(status|gender|intent)$/,
]

// Of no use to the eye: code systems, second codings, references, versions.
const UNTELLING = /\.system$|\.coding\[[1-9]|\.reference$|^(meta|text|extension|contained|identifier)\b/

const importance = (column: string): number => {
  const position = TELLING.findIndex((pattern) => pattern.test(column))
  return position < 0 ? TELLING.length : position
}

const shorten = (cell: string): string => (cell.length <= CELL_MAX ? cell : `${cell.slice(0, CELL_MAX - 1)}…`)

const rowsTable = (rows: readonly JsonValue[]): string => {
  const flat = rows.map(flattenRow)
  const columns = columnsOf(flat)
    .filter((column) => !UNTELLING.test(column))
    .sort((a, b) => importance(a) - importance(b))
    .slice(0, TABLE_COLUMNS_MAX)
  const lines = flat.map((row) => columns.map((column) => shorten(row.get(column) ?? '')))
  return tableText(columns, lines, 'Nothing matches.')
}

const countText = (count: number | null | undefined): string =>
  typeof count === 'number' ? String(count) : '< 11'

const groupsTable = (groups: readonly QueryGroup[]): string =>
  tableText(
    ['Value', { title: 'Count', align: 'right' }],
    groups.map(({ key, count }) => [key, countText(count)]),
    'Nothing matches.',
  )

const footOf = ({ height, subjects, licence, purpose, next }: QueryAnswer): string => {
  const persons = subjects === 1 ? 'person' : 'persons'
  // Under HRESCH the number of persons is rounded to tens at its source.
  const about = purpose === 'HRESCH' ? 'about ' : ''
  const parts = [`${about}${subjects} ${persons}`, purpose, `height ${height}`]
  if (licence !== null && licence !== undefined) parts.push(`licence ${licence}`)
  if (next !== null && next !== undefined) parts.push(`more with --cursor ${next}`)
  return parts.join(' · ')
}

const tableOf = (answer: QueryAnswer): string => {
  const { rows, groups, count } = answer
  const body = rows ? rowsTable(rows) : groups ? groupsTable(groups) : `Count: ${countText(count)}`
  return `${body}\n\n${footOf(answer)}`
}

// RFC 4180.
const csvCell = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

const csvText = (lines: readonly (readonly string[])[]): string =>
  lines.map((line) => `${line.map(csvCell).join(',')}\r\n`).join('')

const csvOf = ({ rows, groups, count }: QueryAnswer): string => {
  if (groups)
    return csvText([['key', 'count'], ...groups.map((group) => [group.key, String(group.count ?? '')])])
  if (!rows) return csvText([['count'], [String(count ?? '')]])
  const flat = rows.map(flattenRow)
  const columns = columnsOf(flat)
  return csvText([columns, ...flat.map((row) => columns.map((column) => row.get(column) ?? ''))])
}

const ndjsonOf = ({ rows, groups, count }: QueryAnswer): string => {
  const lines: readonly object[] = (rows as readonly object[] | undefined) ??
    groups ?? [{ count: count ?? null }]
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}

const RENDER: Readonly<Record<QueryFormat, (answer: QueryAnswer) => string>> = {
  table: tableOf,
  json: (answer) => `${JSON.stringify(answer)}\n`,
  csv: csvOf,
  ndjson: ndjsonOf,
}

export const parseQueryFormat = (typed: string): QueryFormat =>
  (QUERY_FORMATS as readonly string[]).includes(typed)
    ? (typed as QueryFormat)
    : fail('usage.format', `A format is one of ${QUERY_FORMATS.join(', ')}.`)

/** An answer as people, spreadsheets or programs take it. */
export const renderAnswer = (answer: QueryAnswer, format: QueryFormat): string => RENDER[format](answer)
