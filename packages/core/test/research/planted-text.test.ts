// A sentence planted in place of every text of a resource, one after the other, must never come out.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { generatePatient } from '../../../../scripts/synthetic/index.ts'
import { testData } from '../../../../test/data.ts'
import { notRun } from '../../../../test/not-run.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../src/fhir/json/value.ts'
import { writeJson } from '../../src/fhir/json/write-json.ts'
import { splitResources } from '../../src/fhir/split/split-resources.ts'
import { deidentifyResource, isReleasedType } from '../../src/research/deidentify.ts'

const MARKER = 'Ada Quill of Mill Lane'

const leavesOf = (value: JsonValue | undefined): number => {
  if (typeof value === 'string') return 1
  if (isJsonArray(value)) return value.reduce<number>((sum, each) => sum + leavesOf(each), 0)
  return isJsonObject(value) ? Object.values(value).reduce<number>((sum, each) => sum + leavesOf(each), 0) : 0
}

const plant = (value: JsonValue, position: { left: number }): JsonValue => {
  if (typeof value === 'string') {
    position.left -= 1
    return position.left === -1 ? MARKER : value
  }
  if (isJsonArray(value)) return value.map((each) => plant(each, position))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plant(each ?? null, position)]))
}

const checkResource = (resource: JsonObject): number => {
  const leaves = leavesOf(resource)
  for (let left = 0; left < leaves; left += 1) {
    const planted = plant(resource, { left }) as JsonObject
    const result = deidentifyResource(planted, { pseudonymOf: () => 'Any/x', year: 2026 })
    const text = result.ok ? writeJson(result.value) : ''
    ok(!text.includes('Quill') && !text.includes('Mill Lane'), text.slice(0, 500))
  }
  return leaves
}

const checkFile = (bytes: Uint8Array): number => {
  const file = splitResources(bytes)
  if (!file.ok) return 0
  const released = file.value.resources.filter(({ resourceType }) => isReleasedType(resourceType))
  return released.reduce((sum, { resource }) => sum + checkResource(resource), 0)
}

test('the marker is planted where it can be found', () => {
  equal(plant({ a: 'x', b: ['y', { c: 'z' }] }, { left: 2 }), { a: 'x', b: ['y', { c: MARKER }] })
})

test('synthetic patients', () => {
  ok(checkFile(new TextEncoder().encode(generatePatient(1).bundleText)) > 500)
})

const examples = testData('fhir-r4-official-examples')
if (examples === undefined) notRun('the official R4 examples are not on this machine')
else {
  test('the official R4 examples', () => {
    let planted = 0
    for (const name of readdirSync(examples).filter((file) => file.endsWith('.json'))) {
      const bytes = readFileSync(path.join(examples, name))
      if (bytes.length < 50_000) planted += checkFile(bytes)
    }
    ok(planted > 2000, String(planted))
  })
}

test.run()
