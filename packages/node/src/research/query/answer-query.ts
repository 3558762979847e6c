import {
  type Cell,
  ok,
  parseSearch,
  type Result,
  refuse,
  roundSubjects,
  suppressCount,
  suppressTable,
} from '@medchain/core'
import type { ResourceTable } from '../table/resource-table.ts'
import { type Condition, conditionOf } from '../table/search-sql.ts'
import type { QueryRequest } from './query-request.ts'
import type { VisibleRows } from './visible-records.ts'

/** Part of an answer that the table gives; persons are counted once, however many charts they have. */
export type QueryAnswer =
  | { readonly subjects: number; readonly count: number | null; readonly suppressed?: boolean }
  | {
      readonly subjects: number
      readonly groups: readonly { readonly key: string; readonly count: number | null }[]
    }
  | {
      readonly subjects: number
      readonly rows: readonly unknown[]
      readonly next: string | null
      /** Rows of the page that may not be shown, or not now. */
      readonly unshown: number
    }

/** A row that matches, before it is decided whether it is shown. */
export interface FoundRow {
  readonly unit: string
  readonly record: string
  readonly row: unknown
}

/** Those of the rows that may be shown, in their order. */
export type ShowRows = (found: readonly FoundRow[]) => Promise<readonly FoundRow[]>

const visible = (condition: Condition, { units, records }: VisibleRows): Condition => ({
  sql: `${condition.sql} and (r.unit in (select unnest(string_split(?, ',')))
    or r.record in (select unnest(string_split(?, ','))))`,
  values: [...condition.values, units.join(','), records.join(',')],
})

const totals = async (
  table: ResourceTable,
  where: Condition,
): Promise<{ count: number; persons: number }> => {
  const sql = `select count(*) as count, count(distinct r.person) as persons from resource r where ${where.sql}`
  const [row] = await table.query(sql, where.values)
  return { count: Number(row?.['count']), persons: Number(row?.['persons']) }
}

const groups = async (
  table: ResourceTable,
  where: Condition,
  param: string,
): Promise<(Cell & { count: number })[]> => {
  const sql = `select coalesce(g.system, '') || '|' || g.code as key, count(distinct r.id) as count, count(distinct r.person) as persons
    from resource r join value g on g.id = r.id and g.param = ? and g.kind = 'token' where ${where.sql} group by 1 order by 1`
  const rows = await table.query(sql, [param, ...where.values])
  return rows.map((row) => ({
    key: String(row['key']),
    count: Number(row['count']),
    persons: Number(row['persons']),
  }))
}

const page = async (
  table: ResourceTable,
  where: Condition,
  { limit, cursor }: QueryRequest,
  show: ShowRows,
) => {
  const sql = `select r.unit, r.record, r.json from resource r where ${where.sql} order by r.id limit ? offset ?`
  const rows = await table.query(sql, [...where.values, limit + 1, cursor])
  const found = rows.slice(0, limit).map(({ unit, record, json }) => ({
    unit: String(unit),
    record: String(record),
    row: JSON.parse(String(json)) as unknown,
  }))
  const shown = await show(found)
  return {
    rows: shown.map(({ row }) => row),
    next: limit > 0 && rows.length > limit ? String(cursor + limit) : null,
    unshown: found.length - shown.length,
  }
}

const answerExact = async (
  table: ResourceTable,
  where: Condition,
  request: QueryRequest,
  show: ShowRows,
): Promise<QueryAnswer> => {
  const { count, persons } = await totals(table, where)
  if (request.groupBy !== undefined) {
    const cells = await groups(table, where, request.groupBy)
    return { subjects: persons, groups: cells.map((cell) => ({ key: cell.key, count: cell.count })) }
  }
  return request.count
    ? { subjects: persons, count }
    : { subjects: persons, ...(await page(table, where, request, show)) }
}

const answerSuppressed = async (
  table: ResourceTable,
  where: Condition,
  request: QueryRequest,
  show: ShowRows,
): Promise<Result<QueryAnswer>> => {
  const { count, persons } = await totals(table, where)
  const isHidden = suppressCount(persons).suppressed
  const subjects = isHidden ? 0 : roundSubjects(persons)
  if (request.groupBy !== undefined) {
    const cells = await groups(table, where, request.groupBy)
    const table_ = suppressTable(cells, persons)
    const shown = table_.cells.map((cell, index) => ({
      key: cell.key,
      count: cell.suppressed ? null : (cells[index]?.count ?? null),
    }))
    return ok({ subjects: table_.total.suppressed ? 0 : roundSubjects(persons), groups: shown })
  }
  if (request.count) return ok(isHidden ? { subjects, count: null, suppressed: true } : { subjects, count })
  return isHidden
    ? refuse('research.small-cohort', 'Fewer than 11 persons match; rows are not shown.')
    : ok({ subjects, ...(await page(table, where, request, show)) })
}

/** Answers from the visible rows: exact for operations, small cells suppressed for research. */
export const answerQuery = async (
  table: ResourceTable,
  request: QueryRequest,
  rows: VisibleRows,
  show: ShowRows,
): Promise<Result<QueryAnswer>> => {
  const query = parseSearch(request.query)
  if (!query.ok) return query
  const where = visible(conditionOf(query.value), rows)
  return request.purpose === 'HOPERAT'
    ? ok(await answerExact(table, where, request, show))
    : answerSuppressed(table, where, request, show)
}
