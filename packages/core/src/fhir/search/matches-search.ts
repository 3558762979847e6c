import type { JsonObject } from '../json/value.ts'
import { type ExtractOptions, extractSearchValues } from './extract-values.ts'
import { matchesRow } from './matches-row.ts'
import type { SearchClause, SearchQuery, SearchRow } from './search-query.ts'

/** Whether a resource answers a query: the slow evaluator that any faster one must agree with. */
export const matchesSearch = (
  resource: JsonObject,
  query: SearchQuery,
  options: ExtractOptions = {},
): boolean =>
  resource.resourceType === query.resourceType && matchesRows(extractSearchValues(resource, options), query)

/** The same over rows that were extracted before. */
export const matchesRows = (rows: readonly SearchRow[], query: SearchQuery): boolean =>
  query.clauses.every((clause) => matchesClause(rows, clause))

const matchesClause = (rows: readonly SearchRow[], clause: SearchClause): boolean => {
  const own = rows.filter((row) => row.param === clause.param)
  if (clause.modifier === 'missing') {
    return clause.values.some((value) => value.kind === 'missing' && value.missing === (own.length === 0))
  }
  const some = own.some((row) => clause.values.some((value) => matchesRow(row, value, clause)))
  return clause.modifier === 'not' ? !some : some
}
