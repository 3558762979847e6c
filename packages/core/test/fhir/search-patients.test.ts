// Counts by search against counts by plain reading of the same files.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { test } from 'uvu'
import { is, ok } from 'uvu/assert'
import { testData } from '../../../../test/data.ts'
import { notRun } from '../../../../test/not-run.ts'
import { extractSearchValues } from '../../src/fhir/search/extract-values.ts'
import { matchesRows } from '../../src/fhir/search/matches-search.ts'
import { createReferenceResolver } from '../../src/fhir/search/resolve-references.ts'
import type { SearchRow } from '../../src/fhir/search/search-query.ts'
import { splitResources } from '../../src/fhir/split/split-resources.ts'
import { queryFromText } from './search-sample.ts'

interface Plain {
  resourceType: string
  status?: string
  code?: { coding: { system: string; code: string }[] }
  subject?: { reference: string }
  effectiveDateTime?: string
  valueQuantity?: { value: number }
  onsetDateTime?: string
}

const synthea = testData('fhir-patients/synthea-2019-transaction-bundles')
if (synthea === undefined) notRun('the Synthea patients are not on this machine')
else {
  const plain: Plain[] = []
  const indexed: { type: string; rows: SearchRow[] }[] = []
  for (const name of readdirSync(synthea).filter((file) => file.endsWith('.gz'))) {
    const bytes = new Uint8Array(gunzipSync(readFileSync(path.join(synthea, name))))
    const file = splitResources(bytes)
    if (!file.ok) throw new Error(file.code)
    const resolve = createReferenceResolver(file.value.resources)
    for (const { resource, resourceType, bytes: own } of file.value.resources) {
      plain.push(JSON.parse(new TextDecoder().decode(own)) as Plain)
      indexed.push({ type: resourceType, rows: extractSearchValues(resource, { resolve }) })
    }
  }

  const agree = (text: string, plainly: (resource: Plain) => boolean): number => {
    const query = queryFromText(text)
    const found = indexed.filter(
      ({ type, rows }) => type === query.resourceType && matchesRows(rows, query),
    ).length
    is(found, plain.filter((each) => each.resourceType === query.resourceType && plainly(each)).length, text)
    return found
  }
  const hasCode = (resource: Plain, code: string): boolean =>
    resource.code?.coding.some((coding) => coding.code === code) ?? false

  test('conditions by code and onset', () => {
    ok(agree('Condition?code=http://snomed.info/sct|38341003', (each) => hasCode(each, '38341003')) > 0)
    ok(
      agree(
        'Condition?code=38341003,44054006',
        (each) => hasCode(each, '38341003') || hasCode(each, '44054006'),
      ) > 0,
    )
    agree('Condition?code:not=38341003', (each) => !hasCode(each, '38341003'))
    ok(
      agree(
        'Condition?onset-date=ge2010-01-01T00:00:00Z&onset-date=lt2015-01-01T00:00:00Z',
        ({ onsetDateTime }) => {
          const at = Date.parse(onsetDateTime ?? '')
          return at >= Date.parse('2010-01-01T00:00:00Z') && at < Date.parse('2015-01-01T00:00:00Z')
        },
      ) > 0,
    )
  })

  test('observations by value, date and status', () => {
    const code = 'code=http://loinc.org|4548-4'
    ok(
      agree(
        `Observation?${code}&value-quantity=gt6`,
        (each) => hasCode(each, '4548-4') && (each.valueQuantity?.value ?? 0) > 6,
      ) > 0,
    )
    agree(
      `Observation?${code}&value-quantity=le5.5||%`,
      (each) => hasCode(each, '4548-4') && (each.valueQuantity?.value ?? 9) <= 5.5,
    )
    ok(agree('Observation?status=final', (each) => each.status === 'final') > 1000)
    agree('Observation?value-quantity:missing=true', (each) => each.valueQuantity === undefined)
    ok(
      agree(
        'Observation?date=eb2015',
        ({ effectiveDateTime }) => Date.parse(effectiveDateTime ?? '') < Date.UTC(2015, 0),
      ) > 0,
    )
  })

  test('a patient by either name', () => {
    const urn = plain.find((each) => each.resourceType === 'Condition')?.subject?.reference ?? ''
    const of = (each: Plain): boolean => each.subject?.reference === urn
    const id = urn.replace('urn:uuid:', '')
    ok(agree(`Observation?subject=${urn}`, of) > 0)
    agree(`Observation?subject=Patient/${id}`, of)
    agree(`Observation?patient=${id}`, of)
    is(
      agree('Observation?subject=Group/1', () => false),
      0,
    )
  })
}

test.run()
