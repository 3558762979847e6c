// timeout: 400s
// The same visible set through showing, listing, paging, counting, exporting and querying, for random consents.
import {
  base32FromBytes,
  envelopeDeliver,
  importBatch,
  type Purpose,
  scopeDigestOf,
  sealGrant,
  unwrap,
} from '@medchain/core'
import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import {
  type Asker,
  type Consent,
  mayRead,
} from '../../../core/test/contracts/consent/reference-evaluator.ts'
import { epochKeys, read } from '../../../node/test/disclosure/reading.ts'
import { recordOf, sealFor } from '../../../node/test/requests/batches.ts'
import type { TestActor } from '../../../node/test/requests/consortium.ts'
import {
  enrolAt,
  grantOn,
  grantTerms,
  registerPatient,
  revokeOn,
  type TestChart,
} from '../../../node/test/requests/people.ts'
import {
  conditionOf,
  createResearchWorld,
  type ResearchWorld,
} from '../../../node/test/research/research-world.ts'
import { createReader, idsOf } from './visible-world.ts'

const RUNS = Number(process.env['MEDCHAIN_PROPERTY_RUNS'] ?? 12)
const NORTH = 0
const SOUTH = 1
const HOUR_MS = 3_600_000

interface Scene {
  readonly world: ResearchWorld
  readonly doctor: TestActor
  readonly nurse: TestActor
  readonly charts: readonly TestChart[]
  /** Every record, with the chart it stands in and the institution that wrote it. */
  readonly records: readonly {
    readonly id: string
    readonly recordId: Uint8Array
    /** Id of the resource in it. */
    readonly name: string
    readonly k1: Uint8Array
    readonly chart: number
    readonly author: string
  }[]
}

const prepare = async (): Promise<Scene> => {
  const world = await createResearchWorld()
  const author = await enrolAt(world, NORTH, 'practitioner')
  const doctor = await enrolAt(world, SOUTH, 'practitioner')
  const nurse = await enrolAt(world, SOUTH, 'practitioner')
  const { charts } = await registerPatient(world, SOUTH, ['general', 'laboratory'])
  const records: Scene['records'][number][] = []
  const write = async (at: number, by: TestActor, chart: number, names: readonly string[]) => {
    const own = charts[chart] as TestChart
    const items = names.map((name) => ({ ...recordOf(name), bytes: conditionOf(name) }))
    const batch = await sealFor(world, at, by, own, items)
    unwrap(await world.ask(at, by, importBatch, batch))
    await world.nodes[at]?.privacy.retry()
    const recordIds = idsOf(batch.batchId, names.length)
    const owning = { via: SOUTH, actor: own, chart: own, recordIds, keys: epochKeys(own) }
    for (const { recordId, result } of await read(world, { ...owning, kind: 'list', purpose: 'PATRQT' })) {
      const id = base32FromBytes(recordId)
      const { header, k1 } = unwrap(result)
      records.push({ id, recordId, name: header.title, k1, chart, author: at === NORTH ? 'north' : 'south' })
    }
  }
  for (const chart of charts) await grantOn(world, chart, grantTerms(world, author.id, { mode: 'write' }))
  await write(NORTH, author, 0, ['a0', 'a1', 'a2'])
  await write(SOUTH, doctor, 0, ['d0'])
  await write(NORTH, author, 1, ['l0', 'l1', 'l2'])
  return { world, doctor, nurse, charts, records }
}

const arbitraryConsents = fc.array(
  fc.record(
    {
      chart: fc.constantFrom(0, 1),
      grantee: fc.constantFrom('doctor', 'doctor', 'south', 'nurse'),
      purposes: fc.subarray(['TREAT', 'HOPERAT'], { minLength: 1 }),
      time: fc.constantFrom('now', 'now', 'now', 'over', 'later'),
      records: fc.option(fc.subarray([0, 1, 2], { minLength: 1 }), { nil: undefined, freq: 2 }),
      isDeny: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
      isRevoked: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
    },
    { noNullPrototype: true },
  ),
  { maxLength: 5 },
)

type Drawn = typeof arbitraryConsents extends fc.Arbitrary<(infer T)[]> ? T : never

interface Given {
  readonly consent: Consent
  readonly chart: number
  readonly grantId: Uint8Array
  readonly isListed: boolean
  readonly recordIds: readonly Uint8Array[]
}

const give = async (scene: Scene, drawn: Drawn): Promise<Given> => {
  const { world, charts, records, doctor, nurse } = scene
  const chart = charts[drawn.chart] as TestChart
  const south = world.chain.institutions[SOUTH] as (typeof world.chain.institutions)[number]
  const grantee = { doctor: doctor.id, nurse: nurse.id, south: south.id }[drawn.grantee] as Uint8Array
  const now = world.clock.wallMs()
  const isListed = drawn.records !== undefined && !drawn.isDeny
  const inChart = records.filter((record) => record.chart === drawn.chart).map(({ recordId }) => recordId)
  const recordIds = isListed ? (drawn.records ?? []).map((at) => inChart[at] as Uint8Array) : []
  const fromMs = drawn.time === 'later' ? now + HOUR_MS : now - 1000
  const untilMs = drawn.time === 'over' ? now + 10_000 : now + 50 * HOUR_MS
  const terms = await grantOn(
    world,
    chart,
    grantTerms(world, grantee, {
      purposes: drawn.purposes as Purpose[],
      fromMs,
      untilMs,
      isDeny: drawn.isDeny,
      scopeDigest: isListed ? scopeDigestOf(recordIds) : undefined,
    }),
  )
  if (drawn.grantee === 'south' && !drawn.isDeny) {
    const k1Of = (recordId: Uint8Array) =>
      records.find((record) => record.recordId.join() === recordId.join())?.k1 as Uint8Array
    const place = {
      grantId: terms.grantId,
      chart: chart.id,
      epoch: 0,
      person: chart.person,
      compartment: 'general' as const,
    }
    const keys = isListed
      ? { type: 'records' as const, keys: recordIds.map((recordId) => ({ recordId, k1: k1Of(recordId) })) }
      : { type: 'epoch' as const, epochSecret: chart.epochSecret }
    const context = { networkId: world.chain.networkId, grantee }
    const sealed = unwrap(await sealGrant(south.sealingKey, context, { ...place, keys }))
    unwrap(await world.ask(SOUTH, chart, envelopeDeliver, { grantee, grantId: terms.grantId, sealed }))
  }
  const consent: Consent = {
    ...drawn,
    mode: 'read',
    fromMs,
    untilMs,
    records: isListed ? recordIds.map(base32FromBytes) : undefined,
    broker: undefined,
  }
  return { consent, chart: drawn.chart, grantId: terms.grantId, isListed, recordIds }
}

const test = suite<{ scene: Scene }>('one visible set')
test.before(async (context) => {
  context.scene = await prepare()
})
test.after(({ scene }) => scene.world.close())

const DOCTOR: Asker = { name: 'doctor', institution: 'south', role: 'practitioner' }
const HOSPITAL: Asker = { name: 'south', institution: 'south', role: 'institution' }

const check = async (scene: Scene, drawn: readonly Drawn[]): Promise<void> => {
  const { world, doctor, charts, records } = scene
  const given: Given[] = []
  for (const each of drawn) {
    const done = await give(scene, each)
    given.push(done)
    if (each.isRevoked) await revokeOn(world, charts[done.chart] as TestChart, done.grantId)
  }
  world.clock.advance(20_000)
  world.chain.beat()
  const timeMs = world.clock.wallMs()
  const expected = (asker: Asker, purpose: Purpose): string[] =>
    records
      .filter(({ id, author, chart }) => {
        const consents = given.filter((each) => each.chart === chart).map(({ consent }) => consent)
        return mayRead(consents, asker, { record: id, author, purpose, timeMs })
      })
      .map(({ id }) => id)
      .sort()
  const lists = (chart: TestChart) =>
    given.filter(
      ({ chart: at, isListed, consent }) => charts[at] === chart && isListed && consent.grantee === 'doctor',
    )
  const reader = createReader({ world, via: SOUTH, actor: doctor, charts, lists })
  for (const purpose of ['TREAT', 'HOPERAT'] as const) {
    const visible = expected(DOCTOR, purpose)
    const listed = await reader.list(purpose, 2)
    equal([...listed.ids].sort(), visible, `listing for ${purpose}`)
    is(listed.pages, Math.max(1, Math.ceil(visible.length / 2)), 'pages tell of nothing that is hidden')
    equal((await reader.export(purpose)).sort(), visible, `exporting for ${purpose}`)
  }
  const one = await reader.candidates()
  equal((await reader.show(one, 'TREAT')).sort(), expected(DOCTOR, 'TREAT'), 'showing')
  const both = expected(HOSPITAL, 'HOPERAT').filter((id) => expected(DOCTOR, 'HOPERAT').includes(id))
  const names = both.map((id) => records.find((record) => record.id === id)?.name).sort()
  const question = { query: 'Condition?code=x', purpose: 'HOPERAT' }
  const counted = unwrap(await world.query(SOUTH, doctor, { ...question, count: true }))
  equal([counted.count, counted.incomplete], [both.length, 0], 'counting')
  const rows: string[] = []
  for (let cursor: string | null = '0'; cursor !== null; ) {
    const page: { rows?: readonly unknown[]; next?: string | null } = unwrap(
      await world.query(SOUTH, doctor, { ...question, limit: 2, cursor }),
    )
    rows.push(...(page.rows as { id: string }[]).map(({ id }) => id))
    cursor = page.next ?? null
  }
  equal(rows.sort(), names, 'querying, page by page')
  for (const { chart, grantId, consent } of given)
    if (!consent.isRevoked) await revokeOn(world, charts[chart] as TestChart, grantId)
}

test('showing, listing, paging, counting, exporting and querying show the same', async ({ scene }) => {
  await fc.assert(
    fc.asyncProperty(arbitraryConsents, (drawn) => check(scene, drawn)),
    { numRuns: RUNS, interruptAfterTimeLimit: 240_000 },
  )
})

const ONE: Drawn = {
  chart: 0,
  grantee: 'doctor',
  purposes: ['TREAT'],
  time: 'now',
  records: undefined,
  isDeny: false,
  isRevoked: false,
}

// Elsewhere consent was asked for on the first page and in single reads, and skipped on page two and in bulk.
test('consent holds on page two and in a bulk export (as it did not in HAPI’s bulk and paging)', async ({
  scene,
}) => {
  await check(scene, [ONE])
  await check(scene, [ONE, { ...ONE, isDeny: true }])
  await check(scene, [{ ...ONE, records: [1] }])
})

// HAPI: a Bundle’s total counted what an interceptor had hidden from its entries.
test('no total betrays a hidden record', async ({ scene }) => {
  const one: Drawn = { ...ONE, chart: 1, grantee: 'south', purposes: ['HOPERAT'], records: [2] }
  await check(scene, [one])
  await check(scene, [
    { ...one, records: undefined },
    { ...one, records: undefined, isDeny: true, grantee: 'doctor' },
  ])
})

test.run()
