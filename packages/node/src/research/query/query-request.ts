import { ok, type Result, refuse } from '@medchain/core'

export interface QueryRequest {
  /** FHIR search text. */
  readonly query: string
  readonly purpose: 'HOPERAT' | 'HRESCH'
  readonly count: boolean
  /** A token parameter whose codes make the groups. */
  readonly groupBy: string | undefined
  readonly limit: number
  /** Position in the result, as a former answer gave it. */
  readonly cursor: number
}

const LIMIT_MAX = 1000

const isWhole = (value: unknown, max: number): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= max

/** The request that a JSON document states; `query.malformed` names what is wrong with it. */
export const parseQueryRequest = (json: string): Result<QueryRequest> => {
  const wrong = (what: string) => refuse('query.malformed', `The query request has ${what}.`)
  let document: unknown
  try {
    document = JSON.parse(json)
  } catch {
    return wrong('no valid JSON')
  }
  if (typeof document !== 'object' || document === null) return wrong('no JSON object')
  const { query, purpose, count, groupBy, limit, cursor } = document as Record<string, unknown>
  if (typeof query !== 'string' || query.length > 8192)
    return wrong('no query text of at most 8192 characters')
  if (purpose !== 'HOPERAT' && purpose !== 'HRESCH') return wrong('no purpose HOPERAT or HRESCH')
  if (groupBy !== undefined && groupBy !== null && (typeof groupBy !== 'string' || groupBy.length > 64)) {
    return wrong('a groupBy that is no parameter name')
  }
  const position = cursor === undefined || cursor === null ? 0 : Number(cursor)
  if (!isWhole(position, Number.MAX_SAFE_INTEGER)) return wrong('a cursor that no answer gave')
  const rows = limit === undefined || limit === null ? 100 : limit
  if (!isWhole(rows, LIMIT_MAX)) return wrong(`a limit above ${LIMIT_MAX}`)
  return ok({
    query,
    purpose,
    count: count === true,
    groupBy: typeof groupBy === 'string' ? groupBy : undefined,
    limit: rows,
    cursor: position,
  })
}
