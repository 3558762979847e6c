import { ok, type Result, refuse } from '../../encoding/result.ts'
import { dateRange } from '../date-range.ts'
import { decimalRange } from './decimal-range.ts'
import { partsOfReference } from './extract-reference.ts'
import { foldText, type SearchKind, type SearchPrefix, type SearchValue } from './search-query.ts'
import { splitEscaped, unescapeText } from './search-text.ts'

const PREFIXES: readonly string[] = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb']

/** One value of a clause. Refusals: `search.value`, `search.prefix`. */
export const parseValue = (kind: SearchKind, text: string): Result<SearchValue> => {
  if (text === '') return refuse('search.value', 'A search value is empty.')
  switch (kind) {
    case 'token':
      return parseToken(text)
    case 'reference':
      return parseReference(text)
    case 'date':
      return parseDate(text)
    case 'quantity':
    case 'number':
      return parseQuantity(kind, text)
    case 'string': {
      const plain = unescapeText(text)
      return ok({ kind, text: plain, folded: foldText(plain) })
    }
    case 'uri':
      return ok({ kind, text: unescapeText(text) })
  }
}

const parseToken = (text: string): Result<SearchValue> => {
  const parts = splitEscaped(text, '|').map(unescapeText)
  const [first = '', second] = parts
  if (parts.length > 2 || (first === '' && second === '')) {
    return refuse('search.value', 'A token is written code, system|code, |code or system|.')
  }
  if (second === undefined) return ok({ kind: 'token', code: first })
  return ok({ kind: 'token', system: first, ...(second === '' ? {} : { code: second }) })
}

const parseReference = (text: string): Result<SearchValue> => {
  const parts = partsOfReference(unescapeText(text))
  if (parts === undefined)
    return refuse('search.value', 'A reference is written id, Type/id, a URL of both, or urn:uuid:….')
  return ok({ kind: 'reference', ...parts })
}

const splitPrefix = (text: string): Result<{ prefix: SearchPrefix; rest: string }> => {
  const found = /^([a-z]{2})(?=[\d.+-])/.exec(text)?.[1]
  if (found === undefined) return ok({ prefix: 'eq', rest: text })
  if (!PREFIXES.includes(found)) {
    return refuse('search.prefix', `The prefix ${found} is not supported; use ${PREFIXES.join(', ')}.`)
  }
  return ok({ prefix: found as SearchPrefix, rest: text.slice(2) })
}

const parseDate = (text: string): Result<SearchValue> => {
  const split = splitPrefix(text)
  if (!split.ok) return split
  const range = dateRange(split.value.rest)
  if (range === undefined)
    return refuse('search.value', 'A date is written 2020, 2020-05, 2020-05-01 or 2020-05-01T10:00:00Z.')
  return ok({ kind: 'date', prefix: split.value.prefix, ...range })
}

const parseQuantity = (kind: 'quantity' | 'number', text: string): Result<SearchValue> => {
  const [numeral = '', system, code, ...more] = splitEscaped(text, '|').map(unescapeText)
  const split = splitPrefix(numeral)
  if (!split.ok) return split
  const range = decimalRange(split.value.rest)
  const hasUnits = system !== undefined
  if (range === undefined || more.length > 0 || (hasUnits && (kind === 'number' || code === undefined))) {
    return refuse('search.value', 'A quantity is written 7.5, 7.5||unit or 7.5|system|code.')
  }
  return ok({
    kind,
    prefix: split.value.prefix,
    ...range,
    ...(system === undefined || system === '' ? {} : { system }),
    ...(code === undefined || code === '' ? {} : { code }),
  })
}
