import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { importBatch, recordIdOf, unwrap } from '@medchain/core'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { epochKeys, outcomes, read } from '../disclosure/reading.ts'
import { until } from '../network/network-world.ts'
import { recordOf, sealFor } from './batches.ts'
import { type DaemonWorld, startDaemons } from './daemons.ts'
import { enrolAt, grantOn, grantTerms, registerPatient, revokeOn, type TestChart } from './people.ts'

const test = suite<{ world: DaemonWorld }>('privacy over real daemons')

test.before(async (context) => {
  context.world = await startDaemons()
})
test.after(({ world }) => world.close())

const filesUnder = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name)
    return statSync(file).isDirectory() ? filesUnder(file) : [file]
  })

const homesWith = (world: DaemonWorld, text: string): string[] =>
  world.homes.filter((home) => filesUnder(home).some((file) => readFileSync(file).includes(text)))

const SECRET = 'Grace Brewster Hopper, 1906-12-09'

test('import, refusal, grant, reading byte for byte, revocation, with a holder down', async ({ world }) => {
  const author = await enrolAt(world, 0, 'practitioner')
  const doctor = await enrolAt(world, 1, 'practitioner')
  const chart = (await registerPatient(world, 0, ['general', 'laboratory'])).charts[0] as TestChart
  const texts = [`{"name":"${SECRET}","value":1.50}`, '{"value":2.00}', 'x'.repeat(1_500_000)]
  const batch = await sealFor(world, 0, author, chart, texts.map(recordOf))
  unwrap(await world.ask(0, author, importBatch, batch))
  const recordIds = texts.map((_, position) => recordIdOf(batch.batchId, position))
  const reading = { via: 1, actor: doctor, chart, recordIds, keys: epochKeys(chart) }
  equal(outcomes(await read(world, reading)), Array(3).fill('consent.none'))
  const terms = await grantOn(world, chart, grantTerms(world, doctor.id))
  equal(outcomes(await read(world, reading)), texts)
  equal(
    outcomes(await read(world, { ...reading, kind: 'list' })),
    texts.map((text) => text.slice(0, 20)),
  )
  const keys = { type: 'agent' } as const
  equal(outcomes(await read(world, { ...reading, via: 0, actor: author, keys })), texts)
  await revokeOn(world, chart, terms.grantId)
  equal(outcomes(await read(world, reading)), Array(3).fill('consent.revoked'))
  equal(homesWith(world, SECRET), [])
  is(homesWith(world, 'north-hospital').length, 4)
})

test('a daemon that was stopped comes back to what it held, and serves', async ({ world }) => {
  const author = await enrolAt(world, 0, 'practitioner')
  const chart = (await registerPatient(world, 0, ['general'])).charts[0] as TestChart
  const batch = await sealFor(world, 0, author, chart, [recordOf('kept')])
  unwrap(await world.ask(0, author, importBatch, batch))
  const reading = {
    via: 0,
    actor: chart,
    chart,
    recordIds: [recordIdOf(batch.batchId, 0)],
    keys: epochKeys(chart),
  }
  equal(outcomes(await read(world, reading)), ['kept'])
  await world.stop(3)
  equal(outcomes(await read(world, reading)), ['kept'])
  await world.start(3)
  let last: string[] = []
  let isAsking = false
  await until('the returned daemon serves', () => {
    if (!isAsking) {
      isAsking = true
      read(world, { ...reading, via: 3 }).then((readings) => {
        last = readings.some(({ faults }) => faults.length > 0) ? [] : outcomes(readings)
        isAsking = false
      })
    }
    return last[0] === 'kept'
  })
  ok(last)
})

test('the doctor of a running daemon names a flipped byte in vault and audit log', async ({ world }) => {
  const examine = async () => {
    const response = await fetch(`${world.urls[0]}/v1/doctor`, { method: 'POST' })
    return ((await response.json()) as { findings: { code: string; where: string }[] }).findings
  }
  equal(await examine(), [])
  await world.stop(0)
  const flip = (file: string) => {
    const bytes = readFileSync(file)
    const at = Math.floor(bytes.length / 2)
    bytes[at] = (bytes[at] as number) ^ 1
    writeFileSync(file, bytes)
    return path.basename(file)
  }
  const files = filesUnder(path.join(world.homes[0] as string, 'node'))
  const flipped = [/vault\/store\/.*values$/, /\.audit$/].map((pattern) =>
    flip(files.find((file) => pattern.test(file)) as string),
  )
  await world.start(0)
  const findings = await examine()
  equal([...new Set(findings.map(({ code }) => code))].sort(), ['audit.damaged', 'vault.damaged'])
  ok(flipped.every((file) => findings.some(({ where }) => where.includes(file))))
})

test.run()
