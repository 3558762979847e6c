import {
  bytesFromText,
  extractSearchValues,
  isJsonObject,
  type JsonObject,
  matchesSearch,
  parseSearch,
  readJson,
  unwrap,
} from '@medchain/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { generatePatient } from '../../../../scripts/synthetic/index.ts'
import { createResourceTable } from '../../src/research/table/resource-table.ts'
import { conditionOf } from '../../src/research/table/search-sql.ts'

const resourcesOf = (seeds: readonly number[]): JsonObject[] =>
  seeds.flatMap((seed) => {
    const bundle = JSON.parse(generatePatient(seed).bundleText) as { entry: { resource: unknown }[] }
    return bundle.entry.map(({ resource }) => {
      const value = unwrap(readJson(bytesFromText(JSON.stringify(resource))))
      if (!isJsonObject(value)) throw new Error('not a resource')
      return value
    })
  })

const QUERIES = [
  'Patient',
  'Patient?gender=female',
  'Patient?gender:not=female',
  'Patient?birthdate=lt1980-01-01',
  'Patient?birthdate=ge1950&birthdate=lt2000-06',
  'Patient?name=a',
  'Patient?name:contains=e',
  'Observation?code=http://loinc.org|4548-4',
  'Observation?code=http://loinc.org|4548-4&value-quantity=gt6.5',
  'Observation?value-quantity=le120',
  'Observation?status=final,amended',
  'Observation?date=ge2020',
  'Condition?code=44054006',
  'Condition?code=http://snomed.info/sct|',
  'Condition?onset-date:missing=true',
  'Condition?clinical-status=active',
  'MedicationRequest?status=active',
]

test('SQL and the slow evaluator agree on every query', async () => {
  const resources = resourcesOf([1, 2, 3, 4, 5, 6])
  const table = await createResourceTable()
  table.insert(
    resources.map((resource, index) => ({
      unit: 'u',
      record: String(index),
      person: 'p',
      resourceType: String(resource['resourceType']),
      json: '{}',
      values: extractSearchValues(resource),
    })),
  )
  let found = 0
  for (const text of QUERIES) {
    const query = unwrap(parseSearch(text))
    const { sql, values } = conditionOf(query)
    const rows = await table.query(`select record from resource r where ${sql} order by r.id`, values)
    const expected = resources.flatMap((resource, index) =>
      matchesSearch(resource, query) ? [String(index)] : [],
    )
    assert.equal(
      rows.map((row) => row['record']),
      expected,
      text,
    )
    found += expected.length
  }
  assert.ok(found > 50, `only ${found} matches in all`)
  table.close()
})

test.run()
