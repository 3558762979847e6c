import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { testData } from '../../../../test/data.ts'
import { notRun } from '../../../../test/not-run.ts'
import { readJson } from '../../src/fhir/json/read-json.ts'
import { isJsonObject, type JsonObject } from '../../src/fhir/json/value.ts'
import { writeJson } from '../../src/fhir/json/write-json.ts'
import { splitResources } from '../../src/fhir/split/split-resources.ts'
import { type DeidentifyOptions, deidentifyResource, isReleasedType } from '../../src/research/deidentify.ts'

const resourceFromText = (text: string): JsonObject => {
  const read = readJson(new TextEncoder().encode(text))
  if (!read.ok || !isJsonObject(read.value)) throw new Error('not a resource')
  return read.value
}

const pseudonymOf = (reference: string): string | undefined =>
  ({ 'Patient/p-1': 'Patient/x1', 'Observation/o-1': 'Observation/x2', 'urn:uuid:77': 'urn:uuid:x3' })[
    reference
  ]

const release = (value: unknown, options: Partial<DeidentifyOptions> = {}): unknown => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const result = deidentifyResource(resourceFromText(text), { pseudonymOf, year: 2026, ...options })
  if (!result.ok) return result.code
  return typeof value === 'string' ? writeJson(result.value) : JSON.parse(writeJson(result.value))
}

const PATIENT = {
  resourceType: 'Patient',
  id: 'p-1',
  meta: { source: 'ward-7' },
  text: { status: 'generated', div: '<div>Ada Quill</div>' },
  contained: [{ resourceType: 'Organization', name: 'Quill Ltd' }],
  extension: [{ url: 'http://example.org/nick', valueString: 'Adi' }],
  identifier: [{ system: 'http://hl7.org/fhir/sid/us-ssn', value: '999-12-3456' }],
  name: [{ family: 'Quill', given: ['Ada'] }],
  telecom: [{ system: 'phone', value: '555-0100' }],
  gender: 'female',
  _gender: { extension: [] },
  birthDate: '1984-02-11',
  deceasedDateTime: '2021-05-06T07:08:09Z',
  address: [
    { line: ['1 Quill Way'], city: 'Quilltown', state: 'MA', postalCode: '02139-1234', country: 'US' },
  ],
  maritalStatus: {
    coding: [
      {
        system: 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus',
        code: 'M',
        display: 'Married to Bob',
      },
    ],
    text: 'Bob',
  },
  photo: [{ data: 'AAAA' }],
  contact: [{ name: { family: 'Quill' } }],
  generalPractitioner: [{ reference: 'Practitioner/9', display: 'Dr. Who' }],
  unknownElement: { anything: 'Quill' },
}

test('a patient: only what Safe Harbor lets go', () => {
  equal(release(PATIENT), {
    resourceType: 'Patient',
    id: 'x1',
    gender: 'female',
    birthDate: '1984',
    deceasedDateTime: '2021',
    address: [{ state: 'MA', postalCode: '021', country: 'US' }],
    maritalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus', code: 'M' }],
    },
  })
})

test('ages over 89 become 90 and more', () => {
  const born = (birthDate: string) => release({ resourceType: 'Patient', birthDate })
  equal(born('1901-01-01'), { resourceType: 'Patient', birthDate: '1936' })
  equal(born('1936'), { resourceType: 'Patient', birthDate: '1936' })
  equal(born('1937-12-31'), { resourceType: 'Patient', birthDate: '1937' })
  const died = (birthDate: string, deceasedDateTime: string) =>
    release({ resourceType: 'Patient', birthDate, deceasedDateTime })
  equal(died('1900-05-05', '1995-01-01'), {
    resourceType: 'Patient',
    birthDate: '1905',
    deceasedDateTime: '1995',
  })
  equal(died('1930', '1990-01-01'), { resourceType: 'Patient', birthDate: '1930', deceasedDateTime: '1990' })
  const onset = (text: string) => release(`{"resourceType":"Condition","onsetAge":${text}}`)
  const ucum = '"system":"http://unitsofmeasure.org","code"'
  is(
    onset(`{"value":93,"unit":"years",${ucum}:"a"}`),
    `{"resourceType":"Condition","onsetAge":{"value":90,"comparator":">=",${ucum}:"a"}}`,
  )
  is(
    onset(`{"value":1100,${ucum}:"mo"}`),
    `{"resourceType":"Condition","onsetAge":{"value":1080,"comparator":">=",${ucum}:"mo"}}`,
  )
  is(onset(`{"value":89,${ucum}:"a"}`), `{"resourceType":"Condition","onsetAge":{"value":89,${ucum}:"a"}}`)
  is(
    onset('{"value":95,"unit":"Years"}'),
    '{"resourceType":"Condition","onsetAge":{"value":90,"comparator":">="}}',
  )
})

test('ZIP3, or 000 where few live; other countries keep the country only', () => {
  const at = (address: unknown, options = {}) =>
    (release({ resourceType: 'Patient', address: [address] }, options) as { address?: unknown[] }).address
  equal(at({ postalCode: '03601' }), [{ postalCode: '000' }])
  equal(at({ postalCode: '90210' }, { sparseZip3: new Set(['902']) }), [{ postalCode: '000' }])
  equal(at({ postalCode: 'SW1A 1AA', state: 'LONDON', country: 'GB' }), [{ country: 'GB' }])
  is(at({ postalCode: '1234', city: 'X' }), undefined)
})

test('an observation keeps codes, numbers as written, years and pseudonyms', () => {
  const text = `{"resourceType":"Observation","id":"o-1","status":"final","note":[{"text":"Quill"}],
    "code":{"coding":[{"system":"http://loinc.org","code":"4548-4"},{"system":"http://hospital.example/local","code":"Quill"}],"text":"Quill"},
    "subject":{"reference":"Patient/p-1","display":"Ada Quill"},"performer":[{"reference":"Practitioner/1"}],
    "encounter":{"reference":"urn:uuid:99"},"specimen":{"reference":"#s"},
    "effectiveDateTime":"2020-03-15T10:30:00Z","valueQuantity":{"value":6.50,"unit":"Quill","system":"http://unitsofmeasure.org","code":"%"},
    "component":[{"code":{"text":"only text"},"valueString":"Quill"},{"valueInteger":7}]}`
  is(
    release(text),
    '{"resourceType":"Observation","id":"x2","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"4548-4"}]},' +
      '"subject":{"reference":"Patient/x1"},"effectiveDateTime":"2020","component":[{"valueInteger":7}],' +
      '"valueQuantity":{"value":6.50,"system":"http://unitsofmeasure.org","code":"%"}}',
  )
})

test('units of UCUM stay, other units go', () => {
  const measured = (unit: string) =>
    release(`{"resourceType":"Observation","valueQuantity":{"value":1.0,${unit}}}`)
  for (const code of ['/min', '10*3/uL', '{score}', 'mm[Hg]']) {
    const unit = `"system":"http://unitsofmeasure.org","code":"${code}"`
    is(measured(unit), `{"resourceType":"Observation","valueQuantity":{"value":1.0,${unit}}}`)
  }
  is(measured('"unit":"drops"'), '{"resourceType":"Observation","valueQuantity":{"value":1.0}}')
})

test('text put where a code belongs does not pass', () => {
  equal(
    release({
      resourceType: 'Condition',
      clinicalStatus: {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'seen by Dr Quill' },
        ],
      },
      code: { coding: [{ system: 'http://hl7.org/fhir/sid/us-ssn', code: '999123456' }] },
      recordedDate: 'Quill',
    }),
    { resourceType: 'Condition' },
  )
  equal(release({ resourceType: 'Patient', gender: 'Ada Quill', deceasedBoolean: 'Quill' }), {
    resourceType: 'Patient',
  })
})

test('types without a whitelist release nothing', () => {
  for (const resourceType of [
    'Practitioner',
    'DocumentReference',
    'Media',
    'RelatedPerson',
    'Bundle',
    'constructor',
  ]) {
    is(release({ resourceType }), 'research.type')
  }
})

const synthea = testData('fhir-patients/synthea-2019-transaction-bundles')
if (synthea === undefined) notRun('the Synthea patients are not on this machine')
else {
  test('no name, address, identifier or full date of a Synthea patient gets through', () => {
    let released = 0
    for (const name of readdirSync(synthea).filter((file) => file.endsWith('.gz'))) {
      const file = splitResources(new Uint8Array(gunzipSync(readFileSync(path.join(synthea, name)))))
      if (!file.ok) throw new Error(file.code)
      const secrets = file.value.resources.flatMap(({ resource }) => secretsOf(resource))
      for (const { resource, resourceType } of file.value.resources) {
        if (!isReleasedType(resourceType)) continue
        const result = deidentifyResource(resource, { pseudonymOf: () => 'Any/x', year: 2026 })
        ok(result.ok)
        const text = result.ok ? writeJson(result.value) : ''
        ok(!/\d{4}-\d{2}-\d{2}|urn:uuid|<div|display|"text"/.test(text), text.slice(0, 300))
        const leaked = secrets.filter((secret) => text.includes(secret))
        equal(leaked, [], text.slice(0, 300))
        released += 1
      }
    }
    ok(released > 6000, String(released))
  })
}

function secretsOf(resource: JsonObject): string[] {
  if (resource.resourceType !== 'Patient') return []
  const patient = JSON.parse(writeJson(resource)) as {
    id: string
    name: { family: string; given: string[] }[]
    address: { line: string[]; city: string }[]
    identifier: { value: string }[]
  }
  return [
    patient.id,
    ...patient.name.flatMap(({ family, given }) => [family, ...given]),
    ...patient.address.flatMap(({ line, city }) => [...line, city]),
    ...patient.identifier.map(({ value }) => value),
  ].filter((secret) => secret.length > 3)
}

test.run()
