import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import { headerFromResource } from '../../src/fhir/header.ts'
import { readJson } from '../../src/fhir/json/read-json.ts'
import { isJsonObject } from '../../src/fhir/json/value.ts'

const headerOf = (value: unknown) => {
  const read = readJson(new TextEncoder().encode(JSON.stringify(value)))
  if (!read.ok || !isJsonObject(read.value)) throw new Error('not a resource')
  return headerFromResource(read.value)
}

test('titles and dates of common types', () => {
  equal(
    headerOf({
      resourceType: 'Observation',
      code: { coding: [{ system: 'http://loinc.org', code: '4548-4', display: 'Hemoglobin A1c' }] },
      effectiveDateTime: '2021-03-02',
      issued: '2021-03-04T10:00:00Z',
    }),
    { resourceType: 'Observation', title: 'Observation: Hemoglobin A1c', date: '2021-03-02' },
  )
  equal(
    headerOf({
      resourceType: 'Patient',
      name: [{ given: ['Ada', 'M'], family: 'Quill' }],
      birthDate: '1970-01-01',
    }),
    {
      resourceType: 'Patient',
      title: 'Patient: Ada M Quill',
    },
  )
  equal(headerOf({ resourceType: 'Encounter', type: [{ text: 'Check up' }], period: { start: '2020-05' } }), {
    resourceType: 'Encounter',
    title: 'Encounter: Check up',
    date: '2020-05',
  })
  is(headerOf({ resourceType: 'Claim', type: { coding: [{ code: 'pharmacy' }] } }).title, 'Claim: pharmacy')
  is(headerOf({ resourceType: 'Basic' }).title, 'Basic')
})

test('a title is one short printable line', () => {
  is(
    headerOf({ resourceType: 'Condition', code: { text: 'a\u001b[31m\n\tb\u202ec' } }).title,
    'Condition: a [31m b c',
  )
  is([...headerOf({ resourceType: 'Condition', code: { text: '😀'.repeat(300) } }).title].length, 120)
})

test('values of the wrong shape are passed over', () => {
  equal(headerOf({ resourceType: 'Condition', code: 7, onsetDateTime: 'soon', recordedDate: '2001' }), {
    resourceType: 'Condition',
    title: 'Condition',
    date: '2001',
  })
})

test.run()
