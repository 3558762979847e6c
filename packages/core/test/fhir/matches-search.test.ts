import fc from 'fast-check'
import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import { extractSearchValues } from '../../src/fhir/search/extract-values.ts'
import { groupKeysOf } from '../../src/fhir/search/group-keys.ts'
import { matchesRows, matchesSearch } from '../../src/fhir/search/matches-search.ts'
import { LAB, matches, PATIENT, queryFromText, resourceFromText } from './search-sample.ts'

const expectAll = (resource: typeof LAB, rows: readonly [string, boolean][]): void => {
  for (const [query, expected] of rows)
    is(matches(resource, `${resource.resourceType}?${query}`), expected, query)
}

test('tokens', () => {
  expectAll(LAB, [
    ['code=4548-4', true],
    ['code=http://loinc.org|4548-4', true],
    ['code=http://loinc.org|', true],
    ['code=http://snomed.info/sct|4548-4', false],
    ['code=|4548-4', false],
    ['code=2345-7,4548-4', true],
    ['code:not=4548-4', false],
    ['code:not=2345-7', true],
    ['data-absent-reason:not=x', true],
    ['status=final,amended', true],
    ['status=|final', true],
    ['status=Final', false],
    ['_id=a1c-1', true],
    ['_tag=urn:x:tags|t1', true],
    ['data-absent-reason:missing=true', true],
    ['status:missing=true', false],
    ['status:missing=false', true],
  ])
  expectAll(PATIENT, [
    ['identifier=urn:oid:1.2.3|MRN-77', true],
    ['identifier=MRN-77', true],
    ['identifier=|plain', true],
    ['identifier=|MRN-77', false],
    ['active=true', true],
    ['deceased=false', true],
    ['phone=555-0100', true],
    ['email=555-0100', false],
    ['telecom=a@example.org', true],
  ])
  is(matches(PATIENT, 'Practitioner?active=true'), false)
})

test('references', () => {
  expectAll(LAB, [
    ['subject=Patient/p-1', true],
    ['subject=p-1', true],
    ['subject:Patient=p-1', true],
    ['subject:Group=p-1', false],
    ['subject=Group/p-1', false],
    ['patient=Patient/p-1', true],
    ['subject=Patient/p', false],
    ['performer=Organization/lab-9', true],
    ['performer=https://fhir.example.org/r4/Organization/lab-9', true],
    ['performer=https://other.example.org/r4/Organization/lab-9', false],
    ['encounter=urn:uuid:5f0c7d9e-8c1a-4b22-9d38-0e8bb3e5a001', true],
    ['encounter=Encounter/5f0c7d9e-8c1a-4b22-9d38-0e8bb3e5a001', true],
    ['encounter=5f0c7d9e-8c1a-4b22-9d38-0e8bb3e5a001', true],
    ['encounter=urn:uuid:5f0c7d9e-8c1a-4b22-9d38-0e8bb3e5a002', false],
  ])
  const resolve = (urn: string) => (urn.endsWith('a001') ? 'Encounter/e-7' : undefined)
  is(matchesSearch(LAB, queryFromText('Observation?encounter=Encounter/e-7'), { resolve }), true)
  is(matchesSearch(LAB, queryFromText('Observation?encounter=Encounter/e-7')), false)
})

test('dates with prefixes', () => {
  expectAll(LAB, [
    ['date=2020', true],
    ['date=2020-03-15', true],
    ['date=2020-03-15T09:30:00Z', true],
    ['date=2020-03-15T10:30:00Z', false],
    ['date=ne2020-03-15', false],
    ['date=ge2020-03-15', true],
    ['date=gt2020-03-15', false],
    ['date=gt2020-03-14', true],
    ['date=le2020-03', true],
    ['date=lt2020-03-15', false],
    ['date=lt2020-03-16', true],
    ['date=sa2020-03-14', true],
    ['date=eb2020-03-16', true],
    ['date=ge2020-01-01&date=lt2020-02-01', false],
    ['_lastUpdated=2021-05-06', true],
  ])
  const stay = resourceFromText('{"resourceType":"Encounter","period":{"start":"2020-01-10"}}')
  expectAll(stay, [
    ['date=2020', false],
    ['date=gt2030', true],
    ['date=lt2020-01-11', true],
    ['date=sa2020-01-09', true],
    ['date=sa2020-01-10', false],
    ['date=eb2030', false],
  ])
  expectAll(PATIENT, [
    ['birthdate=1984', true],
    ['birthdate=1984-02-01', false],
    ['birthdate=ge1984', true],
    ['birthdate=lt1984-02-15', true],
  ])
})

test('quantities with prefixes, units and precision', () => {
  expectAll(LAB, [
    ['value-quantity=7', true],
    ['value-quantity=7.2', true],
    ['value-quantity=7.20', true],
    ['value-quantity=7.1', false],
    ['value-quantity=ne7.1', true],
    ['value-quantity=gt7', true],
    ['value-quantity=gt7.2', false],
    ['value-quantity=ge7.2', true],
    ['value-quantity=lt7.2', false],
    ['value-quantity=le7.20||%', true],
    ['value-quantity=gt7||percent', true],
    ['value-quantity=gt7||mg', false],
    ['value-quantity=gt7|http://unitsofmeasure.org|%25', true],
    ['value-quantity=gt7|urn:other|%25', false],
    ['combo-value-quantity=gt7', true],
    ['component-value-quantity=gt0', false],
  ])
  const below = resourceFromText(
    '{"resourceType":"Observation","valueQuantity":{"value":5,"comparator":"<","unit":"mg"}}',
  )
  expectAll(below, [
    ['value-quantity=lt5', true],
    ['value-quantity=gt5', false],
    ['value-quantity=5', false],
  ])
})

test('strings', () => {
  expectAll(PATIENT, [
    ['name=munoz', true],
    ['name=MUÑOZ', true],
    ['name=lind', false],
    ['name:contains=lind', true],
    ['name:exact=Anna', true],
    ['name:exact=anna', false],
    ['family=anna', false],
    ['given=be', true],
    ['address-city=old harb', true],
    ['address=02139', true],
    ['name=peter,anna', true],
  ])
})

test('all clauses must hold, and the type', () => {
  is(
    matches(
      LAB,
      'Observation?code=4548-4&value-quantity=gt7&date=ge2020-01-01&subject=Patient/p-1&status=final',
    ),
    true,
  )
  is(matches(LAB, 'Observation?code=4548-4&value-quantity=gt8'), false)
  is(matches(LAB, 'Condition?code=4548-4'), false)
})

test('rows are flat and complete', () => {
  const rows = extractSearchValues(LAB).filter(({ param }) =>
    ['code', 'value-quantity', 'date', 'subject'].includes(param),
  )
  equal(rows, [
    { param: 'code', kind: 'token', system: 'http://loinc.org', code: '4548-4' },
    {
      param: 'date',
      kind: 'date',
      low: Date.parse('2020-03-15T09:30:00Z'),
      high: Date.parse('2020-03-15T09:30:01Z'),
    },
    { param: 'subject', kind: 'reference', code: 'Patient/p-1', text: 'p-1' },
    {
      param: 'value-quantity',
      kind: 'quantity',
      low: 7.2,
      high: 7.2,
      number: 7.2,
      system: 'http://unitsofmeasure.org',
      code: '%',
      unit: 'percent',
    },
  ])
})

test('groups', () => {
  const rows = extractSearchValues(LAB)
  equal(groupKeysOf(rows, 'code'), ['http://loinc.org|4548-4'])
  equal(groupKeysOf(rows, 'status'), ['final'])
  equal(groupKeysOf(rows, 'date'), ['2020'])
  equal(groupKeysOf(rows, 'subject'), ['Patient/p-1'])
  equal(groupKeysOf(rows, 'value-quantity'), [])
})

test('a prefix and its opposite part the dates', () => {
  const day = fc
    .integer({ min: 0, max: 20_000 })
    .map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10))
  fc.assert(
    fc.property(day, day, (own, asked) => {
      const rows = extractSearchValues(
        resourceFromText(`{"resourceType":"Observation","effectiveDateTime":"${own}"}`),
      )
      const test1 = (prefix: string) => matchesRows(rows, queryFromText(`Observation?date=${prefix}${asked}`))
      is(test1('eq'), own === asked)
      is(test1('ne'), own !== asked)
      is(test1('gt'), own > asked)
      is(test1('le'), own <= asked)
      is(test1('sa'), own > asked)
      is(test1('eb'), own < asked)
    }),
    { numRuns: 300 },
  )
})

test('values of the wrong shape are not found, and do no harm', () => {
  const odd =
    resourceFromText(`{"resourceType":"Observation","code":7,"status":{"a":[]},"subject":"Patient/1",
    "effectiveDateTime":{"start":4},"valueQuantity":{"value":"7"},"category":[null,[[]]],"performer":[{"reference":9}]}`)
  equal(extractSearchValues(odd), [])
})

test.run()
