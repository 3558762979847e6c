import fc from 'fast-check'
import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { RESOURCE_TYPES } from '../../src/fhir/resource-types.ts'
import { parseSearch } from '../../src/fhir/search/parse-search.ts'
import { searchParametersOf } from '../../src/fhir/search/search-parameters.ts'
import { queryFromText } from './search-sample.ts'

const codeOf = (text: string): string => {
  const query = parseSearch(text)
  return query.ok ? 'ok' : query.code
}

test('a search becomes clauses', () => {
  equal(
    queryFromText(
      'Observation?code=http://loinc.org|4548-4&value-quantity=gt7&status=final,amended&_count=20',
    ),
    {
      resourceType: 'Observation',
      clauses: [
        {
          param: 'code',
          kind: 'token',
          values: [{ kind: 'token', system: 'http://loinc.org', code: '4548-4' }],
        },
        {
          param: 'value-quantity',
          kind: 'quantity',
          values: [{ kind: 'quantity', prefix: 'gt', number: 7, low: 6.5, high: 7.5 }],
        },
        {
          param: 'status',
          kind: 'token',
          values: [
            { kind: 'token', code: 'final' },
            { kind: 'token', code: 'amended' },
          ],
        },
      ],
      count: 20,
    },
  )
  equal(queryFromText('Patient'), { resourceType: 'Patient', clauses: [] })
  equal(queryFromText('Patient?_summary=count').summary, 'count')
})

test('values are unescaped after they are split', () => {
  const [clause] = queryFromText('Patient?name:exact=a\\,b,c%2Cd\\|e').clauses
  equal(clause?.values, [
    { kind: 'string', text: 'a,b', folded: 'a,b' },
    { kind: 'string', text: 'c', folded: 'c' },
    { kind: 'string', text: 'd|e', folded: 'd|e' },
  ])
})

test('implicit precision is exact decimal arithmetic', () => {
  const rangeOf = (text: string) => {
    const [value] = queryFromText(`Observation?value-quantity=${text}`).clauses[0]?.values ?? []
    return value?.kind === 'quantity' ? [value.low, value.high] : []
  }
  equal(rangeOf('100'), [99.5, 100.5])
  equal(rangeOf('5.40'), [5.395, 5.405])
  equal(rangeOf('5.4'), [5.35, 5.45])
  equal(rangeOf('-0.1'), [-0.15, -0.05])
  equal(rangeOf('1e2'), [50, 150])
  equal(rangeOf('7||%'), [6.5, 7.5])
})

test('what is not known is refused with its code', () => {
  const rows: [string, string][] = [
    ['', 'search.type'],
    ['Obs?code=1', 'search.type'],
    ['?code=1', 'search.type'],
    ['Observation?', 'ok'],
    ['Observation?color=red', 'search.parameter'],
    ['Observation?subject.name=peter', 'search.parameter'],
    ['Observation?_has:Observation:patient:code=1', 'search.parameter'],
    ['Observation?_include=Observation:subject', 'search.parameter'],
    ['Observation?__proto__=1', 'search.parameter'],
    ['Observation?code', 'search.syntax'],
    ['Observation?=1', 'search.syntax'],
    ['Observation?code=', 'search.value'],
    ['Observation?code=a,', 'search.value'],
    ['Observation?code=a|b|c', 'search.value'],
    ['Observation?code=|', 'search.value'],
    ['Observation?code:text=x', 'search.modifier'],
    ['Observation?code:not:in=x', 'search.parameter'],
    ['Observation?date:exact=2020', 'search.modifier'],
    ['Observation?subject:Patient=1', 'ok'],
    ['Observation?subject:Peter=1', 'search.modifier'],
    ['Observation?subject=#p', 'search.value'],
    ['Observation?date=ap2020', 'search.prefix'],
    ['Observation?date=2020-02-30', 'search.value'],
    ['Observation?date=ge2020-01-01T00:00:00+00:00', 'ok'],
    ['Observation?value-quantity=ap7', 'search.prefix'],
    ['Observation?value-quantity=seven', 'search.value'],
    ['Observation?value-quantity=7|mg', 'search.value'],
    ['Observation?value-quantity=1e999', 'search.value'],
    ['Observation?status:missing=maybe', 'search.value'],
    ['Observation?_count=-1', 'search.value'],
    ['Observation?_summary=true', 'search.value'],
    [`Observation?${'code=a&'.repeat(65)}`, 'search.syntax'],
    [`Observation?code=${'a,'.repeat(1025)}a`, 'search.value'],
  ]
  for (const [text, code] of rows) is(codeOf(text), code, text.slice(0, 80))
})

test('any text gives a query or a refusal', () => {
  const alphabet = fc.constantFrom(
    'Observation',
    '?',
    '&',
    '=',
    ':',
    '|',
    ',',
    '\\',
    '%',
    '%2',
    'code',
    'gt',
    '7',
    '.',
    'é',
    '\ud800',
  )
  fc.assert(
    fc.property(fc.array(alphabet, { maxLength: 30 }), (parts) => {
      ok(typeof parseSearch(parts.join('')).ok === 'boolean')
      ok(typeof parseSearch(`Observation?${parts.join('')}`).ok === 'boolean')
    }),
    { numRuns: 1000 },
  )
})

test('the table of parameters is well formed', () => {
  const kinds = ['token', 'reference', 'date', 'quantity', 'number', 'string', 'uri']
  for (const type of RESOURCE_TYPES) {
    for (const [name, parameter] of searchParametersOf(type)) {
      const shown = `${type} ${name}`
      is(parameter.name, name)
      ok(kinds.includes(parameter.kind), shown)
      ok(
        parameter.paths.every((path) => path.every(({ element }) => /^[a-z][A-Za-z]*$/.test(element))),
        shown,
      )
      ok(parameter.targetType === undefined || RESOURCE_TYPES.has(parameter.targetType), shown)
    }
  }
})

test.run()
