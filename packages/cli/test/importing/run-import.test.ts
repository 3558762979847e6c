import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { base32FromBytes } from '@medchain/core'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { CommandError } from '../../src/command-error.ts'
import { findFiles } from '../../src/importing/find-files.ts'
import type { PlannedBatch } from '../../src/importing/plan-batches.ts'
import { type ImportGate, runImport } from '../../src/importing/run-import.ts'
import { withFolder } from './temporary-folder.ts'

const plan = { person: new Uint8Array(32).fill(7), compartment: 'auto', mediaType: undefined } as const
const observation = (id: string) => `{"resourceType":"Observation","id":"${id}","valueDecimal": 1.50}`
const condition = (id: string) => `{"resourceType":"Condition","id":"${id}"}`
const bundle = (...resources: string[]) =>
  `{"resourceType":"Bundle","type":"collection","entry":[${resources.map((each) => `{"resource":${each}}`).join(',')}]}`

/** A network that remembers what it was given. */
const fakeGate = (
  refuse: (batch: PlannedBatch, sent: number) => CommandError | undefined = () => undefined,
) => {
  const stored = new Map<string, string>()
  const batches: PlannedBatch[] = []
  let inFlight = 0
  let inFlightMax = 0
  const gate: ImportGate = {
    hasChart: (compartment) => compartment !== 'claims',
    known: async (digests) =>
      digests.map((digest) => (stored.has(base32FromBytes(digest)) ? 'known' : 'new')),
    progress: () => undefined,
    isInterrupted: () => false,
    send: async (batch) => {
      inFlight++
      inFlightMax = Math.max(inFlightMax, inFlight)
      await new Promise((resolve) => setImmediate(resolve))
      inFlight--
      const refusal = refuse(batch, batches.length)
      if (refusal !== undefined) throw refusal
      batches.push(batch)
      return batch.items.map(({ content, digest, description, compartment, sizeBytes }, index) => {
        const text = content.type === 'bytes' ? new TextDecoder().decode(content.bytes) : content.path
        stored.set(base32FromBytes(digest), text)
        const { resourceType, mediaType, title } = description
        return {
          id: String(index),
          subject: 's',
          compartment,
          resourceType,
          mediaType,
          title,
          author: 'a',
          height: 1,
          sizeBytes,
        }
      })
    },
  }
  return { gate, stored, batches, inFlightMax: () => inFlightMax }
}

const importFolder = async (folder: string, gate: ImportGate) =>
  runImport(await findFiles([folder], false), plan, gate)

test('each resource is a record with its own bytes; a second run imports nothing', async () => {
  const files = {
    'a.json': bundle(observation('1'), condition('2')),
    'b.ndjson': `${observation('3')}\n\n${condition('4')}\n`,
    'c.json.gz': gzipSync(observation('5')),
  }
  await withFolder(files, async (folder) => {
    const { gate, stored } = fakeGate()
    const first = await importFolder(folder, gate)
    equal([first.imported, first.skipped, first.failed], [5, 0, []])
    ok([...stored.values()].includes(observation('1')), 'decimals keep their precision')
    const second = await importFolder(folder, gate)
    equal([second.imported, second.skipped, second.records.length], [0, 5, 0])
  })
})

test('a resource that stands twice in one run is imported once', async () => {
  await withFolder({ 'a.json': observation('1'), 'b.json': observation('1') }, async (folder) => {
    const { imported, skipped } = await importFolder(folder, fakeGate().gate)
    equal([imported, skipped], [1, 1])
  })
})

const broken: readonly (readonly [string, string | Uint8Array, string])[] = [
  ['not-json.json', '{"resourceType":', 'json.syntax'],
  ['not-fhir.json', '{"resourceType":"Spaceship","id":"1"}', 'fhir.resource-type'],
  ['twice.json', '{"resourceType":"Patient","id":"1","id":"2"}', 'json.duplicate-key'],
  ['torn.json.gz', gzipSync(observation('1')).subarray(0, 30), 'file.compression'],
  ['entry.json', bundle(observation('8'), '{"id":"9"}'), 'fhir.resource-type'],
  ['line.ndjson', `${observation('10')}\n{"resourceType":\n`, 'json.syntax'],
]

test('one bad file, entry or line is listed with its code and the rest go on', async () => {
  const files = Object.fromEntries([
    ['good.json', observation('0')],
    ...broken.map(([name, text]) => [name, text]),
  ])
  await withFolder(files, async (folder) => {
    const { imported, failed } = await importFolder(folder, fakeGate().gate)
    equal(imported, 3)
    const codes = Object.fromEntries(failed.map((failure) => [path.basename(failure.path), failure.code]))
    equal(codes, Object.fromEntries(broken.map(([name, , code]) => [name, code])))
    ok(failed.some(({ message }) => message.startsWith('Line 2: ')))
    ok(failed.some(({ message }) => message.startsWith('Entry 2: ')))
  })
})

test('a file that is not there, and a folder’s files of other names', async () => {
  await withFolder(
    { 'notes.txt': 'hello', 'a.json': observation('1'), '.hidden.json': '{' },
    async (folder) => {
      const found = await findFiles([folder, path.join(folder, 'absent.json')], false)
      equal(
        found.files.map((file) => path.basename(file.path)),
        ['a.json'],
      )
      equal([found.ignored, found.failures.map(({ code }) => code)], [1, ['file.not-found']])
      equal((await findFiles([folder], true)).files.length, 2)
    },
  )
})

test('what has no chart and what is refused is listed by file; the other batches go through', async () => {
  const claim = '{"resourceType":"Claim","id":"1"}'
  const files = {
    'a.json': bundle(claim, observation('1'), condition('2')),
    'b.json': '{"resourceType":"Medication","id":"3"}',
  }
  const refusal = new CommandError('consent.none', 'No grant matches: deny by default.')
  await withFolder(files, async (folder) => {
    const { gate } = fakeGate((batch) => (batch.compartment === 'medication' ? refusal : undefined))
    const { imported, failed } = await importFolder(folder, gate)
    equal(imported, 2)
    equal(failed.map(({ code }) => code).sort(), ['consent.none', 'import.no-chart'])
  })
})

test('once the node is gone nothing more is sent', async () => {
  const gone = new CommandError('node.unreachable', 'No node answers.')
  const files = Object.fromEntries(
    Array.from({ length: 3 }, (_, index) => [`${index}.json`, observation(`${index}`)]),
  )
  await withFolder(files, async (folder) => {
    const { gate } = fakeGate(() => gone)
    const outcome = await importFolder(folder, gate).then(
      () => 'imported',
      (error: CommandError) => error.code,
    )
    equal(outcome, 'node.unreachable')
  })
})

test('at most three batches are in flight, and as few as hold the records', async () => {
  const lines = Array.from({ length: 4500 }, (_, index) => condition(`${index}`)).join('\n')
  await withFolder({ 'many.ndjson': lines }, async (folder) => {
    const fake = fakeGate()
    const { imported } = await importFolder(folder, fake.gate)
    equal(imported, 4500)
    equal([fake.inFlightMax(), fake.batches.length], [3, 5])
    ok(fake.batches.every(({ items }) => items.length <= 1000))
  })
})

test('an interrupted import finishes what is under way, begins nothing more and says so', async () => {
  const lines = Array.from({ length: 4500 }, (_, index) => condition(`${index}`)).join('\n')
  await withFolder({ 'many.ndjson': lines }, async (folder) => {
    const fake = fakeGate()
    const isInterrupted = () => fake.batches.length > 0
    const { imported, failed } = await importFolder(folder, { ...fake.gate, isInterrupted })
    ok(imported > 0 && imported < 4500)
    equal([...new Set(failed.map(({ code }) => code))], ['import.interrupted'])
    const again = await importFolder(folder, fake.gate)
    equal([again.imported, again.skipped], [4500 - imported, imported])
  })
})

test.run()
