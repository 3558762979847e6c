import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { generatePatient } from '../../../../scripts/synthetic/index.ts'
import { assignCompartments } from '../../src/fhir/compartments/inherit-compartments.ts'
import { matchesSearch } from '../../src/fhir/search/matches-search.ts'
import { splitResources } from '../../src/fhir/split/split-resources.ts'
import { queryFromText } from './search-sample.ts'

const chartOf = (seed: number) => {
  const { bundleText, resources } = generatePatient(seed)
  const file = splitResources(new TextEncoder().encode(bundleText))
  if (!file.ok) throw new Error(`${file.code}: ${file.message}`)
  equal(file.value.failures, [])
  is(file.value.resources.length, resources)
  return file.value.resources
}

test('a seed always gives the same patient, another seed another', () => {
  const first = generatePatient(1)
  is(generatePatient(1).bundleText, first.bundleText)
  ok(generatePatient(2).bundleText !== first.bundleText)
  ok(/"value": \d\.\d0,/.test(first.bundleText))
  const ids = [1, 2, 3, 4, 5].flatMap((seed) => chartOf(seed).map(({ id }) => id))
  is(new Set(ids).size, ids.length)
  const names = Array.from({ length: 100 }, (_, seed) => generatePatient(seed).name)
  is(new Set(names).size, names.length)
})

test('the first patient fills protected and plain compartments', () => {
  const chart = chartOf(1)
  const compartments = new Set(assignCompartments(chart).map(({ compartment }) => compartment))
  for (const name of [
    'general',
    'laboratory',
    'medication',
    'claims',
    'mental-health',
    'substance-use',
  ] as const) {
    ok(compartments.has(name), name)
  }
})

test('counts over seeds 1 to 15 are those the generator promises', () => {
  const charts = Array.from({ length: 15 }, (_, index) => chartOf(index + 1))
  const count = (text: string): number => {
    const query = queryFromText(text)
    return charts.filter((chart) => chart.some(({ resource }) => matchesSearch(resource, query))).length
  }
  is(count('Condition?code=http://snomed.info/sct|38341003'), 12)
  is(count('Condition?code=http://snomed.info/sct|44054006'), 5)
  is(count('Condition?code=http://snomed.info/sct|35489007'), 8)
  is(count('Condition?code=http://snomed.info/sct|66590003'), 4)
  is(count('Observation?code=http://loinc.org|4548-4&value-quantity=gt7'), 5)
})

test.run()
