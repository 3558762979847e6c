// Whatever JSON a file holds, reading it ends in a value or a code.
import fc from 'fast-check'
import { test } from 'uvu'
import { ok } from 'uvu/assert'
import { generatePatient } from '../../../../scripts/synthetic/index.ts'
import { assignCompartments } from '../../src/fhir/compartments/inherit-compartments.ts'
import { headerFromResource } from '../../src/fhir/header.ts'
import { extractSearchValues } from '../../src/fhir/search/extract-values.ts'
import { splitResources } from '../../src/fhir/split/split-resources.ts'

const readAll = (bytes: Uint8Array): void => {
  const file = splitResources(bytes)
  ok(typeof file.ok === 'boolean')
  if (!file.ok) return
  assignCompartments(file.value.resources)
  for (const { resource } of file.value.resources) {
    headerFromResource(resource)
    extractSearchValues(resource)
  }
}

const names = fc
  .constantFrom(
    'coding code system value status category subject reference text display name given family period start end event low high'.split(
      ' ',
    ),
  )
  .chain((list) => fc.constantFrom(...list))
const leaf = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('2020-01-01', 'urn:uuid:1', '__proto__'),
)
const { anything } = fc.letrec<{ anything: unknown }>((tie) => ({
  anything: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('anything'), { maxLength: 3 }),
    fc.dictionary(names, tie('anything'), { maxKeys: 4 }),
  ),
}))

test('resources of any shape', () => {
  const elements = fc.constantFrom(
    'code',
    'subject',
    'effectiveDateTime',
    'valueQuantity',
    'category',
    'component',
    'meta',
    'name',
    'device',
  )
  fc.assert(
    fc.property(
      fc.constantFrom('Observation', 'Patient', 'Claim', 'Encounter'),
      fc.dictionary(elements, anything, { maxKeys: 6 }),
      (resourceType, members) => {
        const resource = { resourceType, id: 'a', ...members }
        readAll(new TextEncoder().encode(JSON.stringify({ resourceType: 'Bundle', entry: [{ resource }] })))
      },
    ),
    { numRuns: 500 },
  )
})

test('a bundle with bytes changed', () => {
  const text = new TextEncoder().encode(generatePatient(1).bundleText)
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(text.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      (changes) => {
        const changed = text.slice()
        for (const [at, byte] of changes) changed[at] = byte
        readAll(changed)
      },
    ),
    { numRuns: 150 },
  )
})

test('a bundle cut off anywhere', () => {
  const text = new TextEncoder().encode(generatePatient(2).bundleText)
  fc.assert(
    fc.property(fc.nat(text.length - 2), (length) => {
      ok(!splitResources(text.subarray(0, length)).ok)
    }),
    { numRuns: 150 },
  )
})

test.run()
