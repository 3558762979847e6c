import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { testData } from '../../../../test/data.ts'
import { notRun } from '../../../../test/not-run.ts'
import { type SplitFile, type SplitOptions, splitResources } from '../../src/fhir/split/split-resources.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const split = (text: string | Uint8Array, options?: SplitOptions): SplitFile => {
  const result = splitResources(typeof text === 'string' ? bytesOf(text) : text, options)
  if (!result.ok) throw new Error(`${result.code}: ${result.message}`)
  return result.value
}

const codeOf = (text: string): string => {
  const result = splitResources(bytesOf(text))
  return result.ok ? 'ok' : result.code
}

const failuresOf = (file: SplitFile): unknown[] => file.failures.map(({ code, index }) => `${index} ${code}`)

const bundleOf = (...entries: string[]): string =>
  `{"resourceType":"Bundle","type":"collection","entry":[${entries.join(',')}]}`

test('a resource keeps its own bytes', () => {
  const own = '{ "resourceType": "Observation",\n "id":"o-1", "valueQuantity": {"value": 6.50} }'
  const file = split(bundleOf(`{"fullUrl":"urn:uuid:7c1e","resource":\t${own} }`))
  is(file.form, 'bundle')
  const [only] = file.resources
  is(textOf(only?.bytes ?? new Uint8Array()), own)
  equal([only?.resourceType, only?.id, only?.fullUrl], ['Observation', 'o-1', 'urn:uuid:7c1e'])
})

test('each broken entry fails alone', () => {
  const good = '{"resource":{"resourceType":"Patient","id":"p"}}'
  const file = split(
    bundleOf(
      good,
      '{"resource":{"resourceType":"Patient","id":"q","id":"r"}}',
      '{"resource":{"resourceType":"Pateint","id":"q"}}',
      '{"resource":{"resourceType":"Patient"}}',
      '{"resource":{"resourceType":"Patient","id":"not an id"},"fullUrl":"relative/url"}',
      '{"resource":["Patient"]}',
      '{"resource":{"id":"x"}}',
      '{"response":{"status":"200"}}',
      '{"request":{"method":"DELETE","url":"Patient/1"}}',
      '7',
      '{"resource":{"resourceType":"Patient","id":"s","name":[{"family":"\\ud800"}]}}',
      '{"fullUrl":"urn:uuid:1","fullUrl":"urn:uuid:2","resource":{"resourceType":"Patient","id":"t"}}',
      good,
    ),
  )
  is(file.resources.length, 2)
  equal(failuresOf(file), [
    '1 json.duplicate-key',
    '2 fhir.resource-type',
    '3 fhir.identity',
    '4 fhir.identity',
    '5 fhir.not-object',
    '6 fhir.resource-type',
    '7 fhir.entry-empty',
    '8 fhir.entry-request',
    '9 fhir.entry',
    '10 json.lone-surrogate',
    '11 json.duplicate-key',
  ])
})

test('what blurs the whole file refuses the whole file', () => {
  is(codeOf('{"resourceType":"Bundle","entry":[],"entry":[]}'), 'json.duplicate-key')
  is(codeOf('{"resourceType":"Bundle","entry":{}}'), 'fhir.bundle')
  is(codeOf('{"resourceType":"Bundle","entry":[{"resource":'), 'json.syntax')
  is(codeOf('[]'), 'fhir.not-object')
  is(codeOf('{"resourceType":"Nothing","id":"a"}'), 'fhir.resource-type')
  is(codeOf('{"resourceType":"Patient"}'), 'fhir.identity')
  is(codeOf('not json'), 'json.syntax')
})

test('a bundle in a bundle is one resource', () => {
  const inner = '{"resourceType":"Bundle","id":"doc","type":"document","entry":[]}'
  const file = split(bundleOf(`{"resource":${inner}}`))
  equal(
    file.resources.map(({ resourceType, bytes }) => [resourceType, textOf(bytes)]),
    [['Bundle', inner]],
  )
})

test('NDJSON: a line that cannot be read fails alone', () => {
  const lines = [
    '{"resourceType":"Patient","id":"a"}',
    '{"resourceType":"Patient","id":',
    '',
    '{"resourceType":"Patient","id":"b"} ',
  ]
  const file = split(`${lines.join('\r\n')}\n`)
  is(file.form, 'ndjson')
  equal(
    file.resources.map(({ id, offset }) => [id, offset]),
    [
      ['a', 0],
      ['b', 72],
    ],
  )
  equal(failuresOf(file), ['1 json.syntax'])
  is(split(lines[0] ?? '', { format: 'ndjson' }).form, 'ndjson')
  is(split(lines[0] ?? '').form, 'resource')
})

test('a bundle with an entry to a line is one JSON text', () => {
  const entries = ['a', 'b'].map((id) => `{"resource":{"resourceType":"Patient","id":"${id}"}}`)
  const file = split(`{"resourceType":"Bundle","type":"collection","entry":[\n${entries.join(',\n')}\n]}`)
  is(file.form, 'bundle')
  is(file.resources.length, 2)
})

test('a file beyond the limit is refused before it is read', () => {
  for (const format of ['json', 'ndjson'] as const) {
    const result = splitResources(new Uint8Array(101), { format, maxBytes: 100 })
    is(result.ok ? 'ok' : result.code, 'json.size')
  }
})

test('a byte order mark is outside every resource', () => {
  const [only] = split('\ufeff{"resourceType":"Patient","id":"a"}').resources
  is(textOf(only?.bytes ?? new Uint8Array()), '{"resourceType":"Patient","id":"a"}')
})

const patients = testData('fhir-patients')
if (patients === undefined) notRun('the FHIR patients are not on this machine')
else {
  const readGzip = (name: string): Uint8Array =>
    new Uint8Array(gunzipSync(readFileSync(path.join(patients, name))))
  const filesUnder = (folder: string): string[] =>
    readdirSync(path.join(patients, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.gz'))
      .map((name) => path.join(folder, name))

  test('every resource of the Synthea patients comes out with its exact bytes', () => {
    let resources = 0
    for (const name of filesUnder('synthea-2019-transaction-bundles')) {
      const bytes = readGzip(name)
      const file = split(bytes)
      const entries = (JSON.parse(textOf(bytes)) as { entry: { resource: unknown }[] }).entry
      is(file.failures.length, 0, name)
      is(file.resources.length, entries.length, name)
      file.resources.forEach((each, index) => {
        equal(JSON.parse(textOf(each.bytes)), entries[index]?.resource)
        equal(each.bytes, bytes.subarray(each.offset, each.offset + each.bytes.length))
      })
      resources += file.resources.length
    }
    is(resources, 7077)
  })

  test('bulk NDJSON, quality cohorts and US Core bundles come out whole', () => {
    for (const folder of [
      'bulk-ndjson-2025-four-types',
      'quality-cohort-EXM_130-7.3.000',
      'us-core-bundles',
    ]) {
      for (const name of filesUnder(folder)) {
        const file = split(readGzip(name), { format: name.includes('.ndjson') ? 'ndjson' : 'auto' })
        ok(file.resources.length > 0, name)
        equal(failuresOf(file), [], name)
      }
    }
  })
}

const examples = testData('fhir-r4-official-examples')
if (examples === undefined) notRun('the official R4 examples are not on this machine')
else {
  test('the official R4 examples can be read', () => {
    const refused: string[] = []
    for (const name of readdirSync(examples).filter((file) => file.endsWith('.json'))) {
      const result = splitResources(readFileSync(path.join(examples, name)))
      if (!result.ok) refused.push(`${name} ${result.code}`)
    }
    equal(refused, [])
  })
}

const cases = testData('fhir-validator-cases')
if (cases === undefined) notRun('the validator cases are not on this machine')
else {
  test('the validator cases: what its author cannot parse is refused, what is good is accepted', () => {
    interface Case {
      file: string
      jsonParses: boolean
      errors: number
    }
    const index = JSON.parse(readFileSync(path.join(cases, 'INDEX.json'), 'utf8')) as Case[]
    for (const { file, jsonParses } of index) {
      if (!file.endsWith('.json')) continue
      const result = splitResources(readFileSync(path.join(cases, file)))
      if (!jsonParses) ok(!result.ok, file)
      else ok(result.ok || !result.code.startsWith('json.syntax'), file)
    }
  })
}

test.run()
