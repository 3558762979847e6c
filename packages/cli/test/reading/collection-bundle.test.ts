import { splitResources } from '@medchain/core'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { createCollectionWriter, type ExportedRecord } from '../../src/reading/collection-bundle.ts'
import { recordFileName } from '../../src/reading/record-file-name.ts'

const resource = (text: string, fullUrl?: string): ExportedRecord => ({
  id: 'r1',
  mediaType: 'application/fhir+json',
  fullUrl,
  bytes: new TextEncoder().encode(text),
})

const writeAll = async (records: readonly ExportedRecord[]): Promise<string> => {
  const parts: string[] = []
  const file = {
    write: async (part: string | Uint8Array) => parts.push(Buffer.from(part as string).toString()),
  }
  const writer = await createCollectionWriter(file as never, '2026-11-21T03:00:00Z')
  for (const record of records) await writer.add(record)
  await writer.finish()
  return parts.join('')
}

test('each resource keeps its own text and its fullUrl', async () => {
  const decimals = '{"resourceType":"Observation","id":"1",  "valueDecimal": 1.50}'
  const text = await writeAll([
    resource(decimals, 'urn:uuid:1'),
    resource('\ufeff{"resourceType":"Patient","id":"2"}'),
  ])
  ok(text.includes(decimals))
  const split = splitResources(new TextEncoder().encode(text))
  ok(split.ok && split.value.failures.length === 0)
  equal(split.ok && split.value.resources.map(({ fullUrl }) => fullUrl), ['urn:uuid:1', undefined])
})

test('what only calls itself a resource adds no entry of its own', async () => {
  const forged =
    '{"resourceType":"Basic"}},{"fullUrl":"urn:uuid:forged","resource":{"resourceType":"Patient"}'
  for (const text of [forged, '"text"', '{', '']) {
    const { entry } = JSON.parse(await writeAll([resource(text)]))
    equal(entry.length, 1)
    equal(entry[0].resource.resourceType, 'Binary')
  }
})

test('another file becomes a Binary', async () => {
  const scan = { ...resource('abc'), mediaType: 'image/png' }
  const { entry } = JSON.parse(await writeAll([scan]))
  equal(entry[0].resource, { resourceType: 'Binary', id: 'r1', contentType: 'image/png', data: 'YWJj' })
})

test('nothing at all is a Bundle too', async () => equal(JSON.parse(await writeAll([])).entry, []))

test('names of files say type and id, and cannot leave the folder', () => {
  const name = (resourceType: string, mediaType: string) =>
    recordFileName({ id: 'abc', resourceType, mediaType })
  equal(name('Observation', 'application/fhir+json'), 'Observation-abc.json')
  equal(name('Binary', 'image/png'), 'Binary-abc.png')
  equal(name('../../x', 'a/../../b'), 'x-abc.bin')
})

test.run()
