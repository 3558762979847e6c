import type { DuckDBValue } from '@duckdb/node-api'
import type { DateValue, QuantityValue, SearchClause, SearchQuery, SearchValue } from '@medchain/core'

/** A condition with its values in the order of the `?` marks. */
export interface Condition {
  readonly sql: string
  readonly values: readonly DuckDBValue[]
}

const both = (parts: readonly Condition[], word: 'and' | 'or'): Condition => ({
  sql: parts.length === 0 ? 'true' : `(${parts.map((part) => part.sql).join(` ${word} `)})`,
  values: parts.flatMap((part) => part.values),
})

const test = (sql: string, ...values: DuckDBValue[]): Condition => ({ sql, values })

const dateCondition = ({ prefix, low, high }: DateValue): Condition => {
  const within = test('(v.low >= ? and v.high <= ?)', low, high)
  switch (prefix) {
    case 'eq':
      return within
    case 'ne':
      return test('not (v.low >= ? and v.high <= ?)', low, high)
    case 'gt':
      return test('v.high > ?', high)
    case 'ge':
      return both([test('v.high > ?', high), within], 'or')
    case 'lt':
      return test('v.low < ?', low)
    case 'le':
      return both([test('v.low < ?', low), within], 'or')
    case 'sa':
      return test('v.low >= ?', high)
    case 'eb':
      return test('v.high <= ?', low)
  }
}

const COMPARISONS = {
  gt: 'v.high > ?',
  ge: 'v.high >= ?',
  lt: 'v.low < ?',
  le: 'v.low <= ?',
  sa: 'v.low > ?',
  eb: 'v.high < ?',
}

const quantityCondition = (value: QuantityValue): Condition => {
  const { prefix, number, low, high, system, code } = value
  const span = test('(v.low >= ? and v.high < ?)', low, high)
  const amount =
    prefix === 'eq'
      ? span
      : prefix === 'ne'
        ? test(`not ${span.sql}`, low, high)
        : test(COMPARISONS[prefix], number)
  return both(
    [
      amount,
      ...(system === undefined ? [] : [test('v.system = ?', system)]),
      ...(code === undefined ? [] : [test('(v.code = ? or v.unit = ?)', code, code)]),
    ],
    'and',
  )
}

const referenceCondition = (
  value: Extract<SearchValue, { kind: 'reference' }>,
  targetType: string | undefined,
): Condition => {
  const parts = [test('v.text = ?', value.id)]
  if (targetType !== undefined)
    parts.push(test(`(starts_with(v.code, 'urn:') or v.code = ?)`, `${targetType}/${value.id}`))
  if (value.target !== undefined) {
    if (value.base !== undefined) parts.push(test('(v.system is null or v.system = ?)', value.base))
    parts.push(test(`(v.code = ? or starts_with(v.code, 'urn:uuid:'))`, value.target))
  }
  return both(parts, 'and')
}

const stringCondition = (text: string, folded: string, modifier: SearchClause['modifier']): Condition => {
  if (modifier === 'exact') return test('v.text = ?', text)
  return modifier === 'contains'
    ? test('contains(v.folded, ?)', folded)
    : test('starts_with(v.folded, ?)', folded)
}

const valueCondition = (value: SearchValue, clause: SearchClause): Condition => {
  switch (value.kind) {
    case 'token':
      return both(
        [
          ...(value.system === undefined ? [] : [test(`coalesce(v.system, '') = ?`, value.system)]),
          ...(value.code === undefined ? [] : [test('v.code = ?', value.code)]),
        ],
        'and',
      )
    case 'reference':
      return referenceCondition(value, clause.targetType)
    case 'date':
      return dateCondition(value)
    case 'quantity':
    case 'number':
      return quantityCondition(value)
    case 'string':
      return stringCondition(value.text, value.folded, clause.modifier)
    case 'uri':
      return test('v.text = ?', value.text)
    case 'missing':
      return test('false')
  }
}

const exists = (inner: Condition, param: string): Condition => ({
  sql: `exists (select 1 from value v where v.id = r.id and v.param = ? and ${inner.sql})`,
  values: [param, ...inner.values],
})

const clauseCondition = (clause: SearchClause): Condition => {
  if (clause.modifier === 'missing') {
    const present = exists(test('true'), clause.param)
    const options = clause.values.flatMap((value) =>
      value.kind !== 'missing' ? [] : [value.missing ? { ...present, sql: `not ${present.sql}` } : present],
    )
    return both(options, 'or')
  }
  const inner = both(
    clause.values.map((value) => valueCondition(value, clause)),
    'or',
  )
  const found = exists(inner, clause.param)
  return clause.modifier === 'not' ? { ...found, sql: `not ${found.sql}` } : found
}

/** The condition on `resource r` under which a query matches, as `matchesSearch` of core defines it. */
export const conditionOf = (query: SearchQuery): Condition =>
  both([test('r.type = ?', query.resourceType), ...query.clauses.map(clauseCondition)], 'and')
