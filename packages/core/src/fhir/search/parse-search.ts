import { ok, type Result, refuse } from '../../encoding/result.ts'
import { isResourceType } from '../resource-types.ts'
import { parseValue } from './parse-value.ts'
import { type SearchParameter, searchParametersOf } from './search-parameters.ts'
import type { SearchClause, SearchKind, SearchModifier, SearchQuery, SearchValue } from './search-query.ts'
import { decodePercent, splitEscaped } from './search-text.ts'

const CLAUSES_MAX = 64
const VALUES_MAX = 1024

const MODIFIERS: Readonly<Record<SearchKind, readonly SearchModifier[]>> = {
  token: ['not', 'missing'],
  reference: ['missing'],
  date: ['missing'],
  quantity: ['missing'],
  number: ['missing'],
  string: ['exact', 'contains', 'missing'],
  uri: ['missing'],
}

/**
 * Reads a FHIR R4 search as people write it: `Observation?code=http://loinc.org|4548-4&value-quantity=gt7`.
 * Clauses are joined by and, comma-separated values by or. `_count=N` and `_summary=count` are answered;
 * everything else that is not known is refused, never ignored. Refusals: `search.syntax`, `search.type`,
 * `search.parameter`, `search.modifier`, `search.prefix`, `search.value`.
 */
export const parseSearch = (text: string): Result<SearchQuery> => {
  const mark = text.indexOf('?')
  const resourceType = (mark < 0 ? text : text.slice(0, mark)).trim().replace(/^\//, '')
  if (!isResourceType(resourceType)) {
    return refuse('search.type', 'A search begins with a FHIR R4 resource type, as in Observation?code=….')
  }
  const pairs =
    mark < 0
      ? []
      : text
          .slice(mark + 1)
          .trim()
          .split('&')
          .filter((pair) => pair !== '')
  if (pairs.length > CLAUSES_MAX)
    return refuse('search.syntax', `A search has at most ${CLAUSES_MAX} parameters.`)
  const clauses: SearchClause[] = []
  let results: Pick<SearchQuery, 'count' | 'summary'> = {}
  for (const pair of pairs) {
    const equals = pair.indexOf('=')
    if (equals < 1) return refuse('search.syntax', 'A search parameter is written name=value.')
    const key = decodePercent(pair.slice(0, equals))
    const value = decodePercent(pair.slice(equals + 1))
    if (key === '_count' || key === '_summary') {
      const control = parseControl(key, value)
      if (!control.ok) return control
      results = { ...results, ...control.value }
    } else {
      const clause = parseClause(resourceType, key, value)
      if (!clause.ok) return clause
      clauses.push(clause.value)
    }
  }
  return ok({ resourceType, clauses, ...results })
}

const parseControl = (
  key: '_count' | '_summary',
  value: string,
): Result<Pick<SearchQuery, 'count' | 'summary'>> => {
  if (key === '_count' && /^\d{1,9}$/.test(value)) return ok({ count: Number(value) })
  if (key === '_summary' && value === 'count') return ok({ summary: 'count' })
  return refuse('search.value', '_count is a whole number; _summary is count.')
}

const parseClause = (resourceType: string, key: string, value: string): Result<SearchClause> => {
  const [name = '', suffix, ...more] = key.split(':')
  const parameter = searchParametersOf(resourceType).get(name)
  if (parameter === undefined || more.length > 0) return refuseParameter(resourceType, name)
  const shape = parseSuffix(parameter, suffix)
  if (!shape.ok) return shape
  const values = parseValues(parameter.kind, shape.value.modifier, value)
  if (!values.ok) return values
  return ok({ param: name, kind: parameter.kind, ...shape.value, values: values.value })
}

const refuseParameter = (resourceType: string, name: string): Result<never> => {
  const known = [...searchParametersOf(resourceType).keys()].join(', ')
  const shown = /^[\w.-]{1,60}$/.test(name) ? name : 'this parameter'
  return refuse('search.parameter', `${resourceType} cannot be searched by ${shown}; it can by ${known}.`)
}

const parseSuffix = (
  parameter: SearchParameter,
  suffix: string | undefined,
): Result<{ modifier?: SearchModifier; targetType?: string }> => {
  if (suffix === undefined) return ok({})
  if (parameter.kind === 'reference' && isResourceType(suffix)) return ok({ targetType: suffix })
  const known = MODIFIERS[parameter.kind]
  const modifier = known.find((name) => name === suffix)
  if (modifier !== undefined) return ok({ modifier })
  return refuse(
    'search.modifier',
    `The modifiers of ${parameter.name} are ${known.map((name) => `:${name}`).join(', ')}.`,
  )
}

const parseValues = (
  kind: SearchKind,
  modifier: SearchModifier | undefined,
  text: string,
): Result<readonly SearchValue[]> => {
  if (modifier === 'missing') {
    if (text !== 'true' && text !== 'false') return refuse('search.value', ':missing is true or false.')
    return ok([{ kind: 'missing', missing: text === 'true' }])
  }
  const parts = splitEscaped(text, ',')
  if (parts.length > VALUES_MAX)
    return refuse('search.value', `A parameter has at most ${VALUES_MAX} values.`)
  const values: SearchValue[] = []
  for (const part of parts) {
    const value = parseValue(kind, part)
    if (!value.ok) return value
    values.push(value.value)
  }
  return ok(values)
}
