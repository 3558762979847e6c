import { auditEntrySchema, auditHeads, decode, importBatch, recordIdOf, unwrap } from '@medchain/core'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { recordOf, sealFor } from '../requests/batches.ts'
import { type Consortium, createConsortium, untilHandedOver } from '../requests/consortium.ts'
import {
  enrolAt,
  grantOn,
  grantTerms,
  registerPatient,
  revokeOn,
  type TestChart,
  type TestPerson,
} from '../requests/people.ts'
import { epochKeys, outcomes, read } from './reading.ts'

interface Scene {
  world: Consortium
  doctor: TestPerson
  chart: TestChart
  recordIds: Uint8Array[]
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const test = suite<Scene>('a chain that stands still')

test.before.each(async (scene) => {
  scene.world = await createConsortium()
  const author = await enrolAt(scene.world, 0, 'practitioner')
  scene.doctor = await enrolAt(scene.world, 1, 'practitioner')
  scene.chart = (await registerPatient(scene.world, 0, ['general'])).charts[0] as TestChart
  const batch = await sealFor(scene.world, 0, author, scene.chart, [recordOf('one')])
  unwrap(await scene.world.ask(0, author, importBatch, batch))
  await untilHandedOver(scene.world, 0)
  scene.recordIds = [recordIdOf(batch.batchId, 0)]
})
test.after.each(({ world }) => world.close())

const readAs = ({ world, doctor, chart, recordIds }: Scene, purpose: 'TREAT' | 'HPAYMT' | 'PATRQT') =>
  read(world, {
    via: 1,
    actor: purpose === 'PATRQT' ? chart : doctor,
    chart,
    recordIds,
    keys: epochKeys(chart),
    purpose,
  })

const entriesOf = async ({ world, chart }: Scene) => {
  const logs = await Promise.all(world.nodes.map(({ privacy }) => privacy.audit.log.read(chart.id, 0, 1000)))
  return logs.flatMap((log) => unwrap(log).map((bytes) => unwrap(decode(auditEntrySchema, bytes))))
}

test('care goes on for a day, marked as stale to the reader and in the log, and nothing else does', async (scene) => {
  const { world, chart, doctor } = scene
  await grantOn(world, chart, grantTerms(world, doctor.id, { purposes: ['TREAT', 'HPAYMT'] }))
  world.chain.isCommitting = false
  const steps: readonly [number, readonly string[]][] = [
    [30_000, ['one', 'one', 'one']],
    [1000, ['one', 'disclosure.stale', 'disclosure.stale']],
    [23 * HOUR_MS, ['one', 'disclosure.stale', 'disclosure.stale']],
    [HOUR_MS, ['disclosure.stale', 'disclosure.stale', 'disclosure.stale']],
  ]
  for (const [advanceMs, expected] of steps) {
    world.clock.advance(advanceMs)
    const readings = [
      ...(await readAs(scene, 'TREAT')),
      ...(await readAs(scene, 'HPAYMT')),
      ...(await readAs(scene, 'PATRQT')),
    ]
    equal(outcomes(readings), expected)
    const isStale = readings[0]?.staleMs !== undefined
    is(isStale, expected[0] === 'one' && expected[1] !== 'one')
  }
  const marked = (await entriesOf(scene)).map(({ purpose, marks }) => `${purpose} ${marks.join()}`)
  const count = (entry: string) => marked.filter((each) => each === entry).length
  equal([count('TREAT '), count('TREAT stale')], [2, 4])
  ok((await entriesOf(scene)).every(({ loggedMs, timeMs }) => loggedMs !== undefined && loggedMs >= timeMs))
})

test('a grant that ended before the halt or during it by the clock opens nothing', async (scene) => {
  const { world, chart, doctor } = scene
  const terms = await grantOn(world, chart, grantTerms(world, doctor.id))
  await revokeOn(world, chart, terms.grantId)
  world.clock.advance(HOUR_MS)
  equal(outcomes(await readAs(scene, 'TREAT')), ['consent.revoked'])
  world.chain.beat()
  await grantOn(world, chart, grantTerms(world, doctor.id, { untilMs: world.clock.wallMs() + HOUR_MS }))
  world.clock.advance(HOUR_MS + 1)
  equal(outcomes(await readAs(scene, 'TREAT')), ['consent.expired'])
})

test('a holder below the height that the reader knows refuses, however long the halt', async (scene) => {
  const { world, chart, doctor, recordIds } = scene
  await grantOn(world, chart, grantTerms(world, doctor.id))
  world.clock.advance(HOUR_MS)
  const reading = { via: 1, actor: doctor, chart, recordIds, keys: epochKeys(chart) }
  const pending = read(world, { ...reading, minHeight: world.chain.head().height + 1 })
  const timers = setInterval(() => world.clock.advance(500), 5)
  equal(outcomes(await pending), ['disclosure.stale'])
  clearInterval(timers)
})

test('entries of the halt are anchored first thing afterwards', async (scene) => {
  const { world, chart, doctor } = scene
  await grantOn(world, chart, grantTerms(world, doctor.id))
  for (const { privacy } of world.nodes) await privacy.anchorNow()
  world.chain.isCommitting = false
  world.clock.advance(HOUR_MS)
  equal(outcomes(await readAs(scene, 'TREAT')), ['one'])
  const busy = world.nodes.filter(({ privacy }) => privacy.audit.log.heads.head(chart.id).sequence > 0)
  is(busy.length, 2)
  const sequenceOf = (id: Uint8Array) => world.chain.head().view.get(auditHeads, id)?.sequence ?? 0
  for (const { privacy } of busy) is(await privacy.anchorNow(), true)
  world.chain.isCommitting = true
  for (const { privacy, institution } of busy) {
    const before = sequenceOf(institution.id)
    is(await privacy.anchorNow(), false)
    is(sequenceOf(institution.id), before + 1)
  }
})

test.run()
