import {
  CANCEL_MS,
  encode,
  holdersOf,
  type ImportBatch,
  importBatch,
  institutionsIn,
  recordIdOf,
  requestErasure,
  supersedeRecords,
  unwrap,
} from '@medchain/core'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { type DueErasure, dueErasuresIn } from '../../src/erasure/due-erasures.ts'
import { deliverySchema } from '../../src/research/stored-row.ts'
import { codeOf } from '../disclosure/reading.ts'
import { recordOf, sealFor } from '../requests/batches.ts'
import type { TestNode } from '../requests/consortium.ts'
import {
  enrolAt,
  grantOn,
  grantTerms,
  registerPatient,
  revokeOn,
  type TestChart,
  transactionOf,
} from '../requests/people.ts'
import {
  conditionOf,
  createResearchWorld,
  HOSPITAL,
  INSTITUTE,
  type ResearchWorld,
  until,
} from './research-world.ts'

const test = suite<{ world: ResearchWorld; chart: TestChart; batchId: Uint8Array }>('research deliveries')

test.before.each(async (context) => {
  const world = await createResearchWorld()
  const doctor = await enrolAt(world, HOSPITAL, 'practitioner')
  const chart = (await registerPatient(world, HOSPITAL, ['general'])).charts[0] as TestChart
  const record = { ...recordOf('one'), bytes: conditionOf('one') }
  const batch = await sealFor(world, HOSPITAL, doctor, chart, [record])
  unwrap(await world.ask(HOSPITAL, doctor, importBatch, batch))
  await world.nodes[HOSPITAL]?.privacy.retry()
  Object.assign(context, { world, chart, batchId: batch.batchId })
})
test.after.each(({ world }) => world.close())

const idOf = (world: ResearchWorld, at: number) => (world.nodes[at] as TestNode).institution.id

const researchGrant = (world: ResearchWorld, chart: TestChart) =>
  grantOn(
    world,
    chart,
    grantTerms(world, idOf(world, INSTITUTE), { purposes: ['HRESCH'], broker: idOf(world, HOSPITAL) }),
  )

const rowsAt = (world: ResearchWorld, at: number): number =>
  [...(world.nodes[at] as TestNode).vault.values.keys()].filter((name) =>
    name.startsWith(`index ${Buffer.from('research/row/').toString('hex')}`),
  ).length

/** Lets the broker’s retries come due, each time with a fresh head. */
const passTime = async (world: ResearchWorld, times: number) => {
  for (let turn = 0; turn < times; turn++) {
    world.clock.advance(60_000)
    world.chain.beat()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** The author withdraws the chart's record. */
const withdraw = async (world: ResearchWorld, chart: TestChart, batchId: Uint8Array) => {
  const { id, sign } = world.chain.institutions[HOSPITAL] as (typeof world.chain.institutions)[number]
  const { kind, payload } = supersedeRecords
  const records = [{ recordId: recordIdOf(batchId, 0), successor: undefined }]
  unwrap(
    await world.chain.submit(transactionOf(world, { id, sign }, kind, payload, { chart: chart.id, records })),
  )
}

test('what its author withdrew is counted nowhere, though it was indexed and delivered before', async (context) => {
  const { world, chart, batchId } = context
  const doctor = await enrolAt(world, HOSPITAL, 'practitioner')
  const count = async () => {
    const question = { query: 'Condition?code=x', purpose: 'HOPERAT', count: true }
    return unwrap(await world.query(HOSPITAL, doctor, question)).count
  }
  await researchGrant(world, chart)
  await until('the row is there', () => rowsAt(world, INSTITUTE) === 1)
  is(await count(), 1)
  world.down.add(HOSPITAL)
  await withdraw(world, chart, batchId)
  await passTime(world, 1)
  world.down.clear()
  is(await count(), 0)
  await passTime(world, 2)
  await until('the row is gone', () => rowsAt(world, INSTITUTE) === 0)
})

test('what its author withdrew before is not delivered', async ({ world, chart, batchId }) => {
  await withdraw(world, chart, batchId)
  await researchGrant(world, chart)
  await passTime(world, 2)
  equal([rowsAt(world, INSTITUTE), world.readings], [0, []])
})

test('for a receiver that is away nothing is read, and so nothing logged, again and again', async (context) => {
  const { world, chart } = context
  world.down.add(INSTITUTE)
  await researchGrant(world, chart)
  await passTime(world, 5)
  equal(world.readings, [])
  world.down.clear()
  await passTime(world, 2)
  await until('the row is there', () => rowsAt(world, INSTITUTE) === 1)
  equal(world.readings, [{ at: HOSPITAL, records: 1 }])
})

test('a record whose holders are away is delivered later, not left out for good', async ({
  world,
  chart,
}) => {
  await researchGrant(world, chart)
  await until('the first row is there', () => rowsAt(world, INSTITUTE) === 1)
  const doctor = await enrolAt(world, HOSPITAL, 'practitioner')
  const seal = () =>
    sealFor(world, HOSPITAL, doctor, chart, [{ ...recordOf('two'), bytes: conditionOf('two') }])
  const isTogether = ({ batchId }: ImportBatch) => {
    const { ciphertext, release } = holdersOf(
      batchId,
      institutionsIn(world.chain.head().view),
      world.nodes[0]!.institution.id,
    )
    return [ciphertext, release].some((side) =>
      [HOSPITAL, INSTITUTE].every((at) => side.some((id) => Buffer.from(id).equals(idOf(world, at)))),
    )
  }
  let batch = await seal()
  while (!isTogether(batch)) batch = await seal()
  // The committed block is what wakes the broker; the other side goes away in the same moment.
  const stop = world.chain.onCommitted(() => {
    for (const at of [1, 2]) world.down.add(at)
  })
  unwrap(await world.ask(HOSPITAL, doctor, importBatch, batch))
  await passTime(world, 2)
  is(rowsAt(world, INSTITUTE), 1)
  stop()
  world.down.clear()
  await passTime(world, 4)
  await until('the second row is there', () => rowsAt(world, INSTITUTE) === 2)
})

test('rows that come while their grant ends are not kept', async ({ world, chart }) => {
  world.down.add(HOSPITAL)
  const { grantId } = await researchGrant(world, chart)
  const row = { record: new Uint8Array(16), resource: conditionOf('x') }
  const delivery = encode(deliverySchema, { grantId, person: 'p', rows: [row], batchCount: 1 })
  const { vault } = world.nodes[INSTITUTE] as TestNode
  const { putBatch } = vault
  Object.assign(vault, {
    putBatch: async (entries: Parameters<typeof putBatch>[0]) => {
      const isDelivery = entries.some(({ value }) => value.length > 100)
      if (isDelivery) await revokeOn(world, chart, grantId)
      await putBatch(entries)
    },
  })
  const outcome = await world.research[INSTITUTE]?.acceptDelivery(idOf(world, HOSPITAL), delivery)
  is(outcome?.ok ? 'kept' : outcome?.code, 'research.grant-ended')
  is(rowsAt(world, INSTITUTE), 0)
})

test('rows go when their grant ends by time, without anybody asking', async ({ world, chart }) => {
  const ends = grantTerms(world, idOf(world, INSTITUTE), {
    purposes: ['HRESCH'],
    broker: idOf(world, HOSPITAL),
    untilMs: world.clock.wallMs() + 10_000,
  })
  await grantOn(world, chart, ends)
  await until('the row is there', () => rowsAt(world, INSTITUTE) === 1)
  await passTime(world, 1)
  await until('the row is gone', () => rowsAt(world, INSTITUTE) === 0)
})

test('an erased record’s row goes at the receiver, by the name that the broker tells; its others stay', async (context) => {
  const { world, chart } = context
  const doctor = await enrolAt(world, HOSPITAL, 'practitioner')
  const record = { ...recordOf('two'), bytes: conditionOf('two') }
  const second = await sealFor(world, HOSPITAL, doctor, chart, [record])
  unwrap(await world.ask(HOSPITAL, doctor, importBatch, second))
  await world.nodes[HOSPITAL]?.privacy.retry()
  const { grantId } = await researchGrant(world, chart)
  await passTime(world, 2)
  await until('both rows are there', () => rowsAt(world, INSTITUTE) === 2)
  const { exchange } = (world.nodes[INSTITUTE] as TestNode).privacy
  const recordIds = [recordIdOf(context.batchId, 0)]
  const ask = () => exchange.call(idOf(world, HOSPITAL), { type: 'row-names', grantId, recordIds }, 'names')
  // Whoever holds rows must not learn which record is whose while it is there.
  is(codeOf(await ask()), 'research.not-broker')
  const { kind, payload } = requestErasure
  unwrap(await world.chain.submit(transactionOf(world, chart, kind, payload, { records: recordIds })))
  world.clock.advance(CANCEL_MS + 60_000)
  world.chain.beat()
  is(codeOf(await ask()), 'ok')
  const [due] = dueErasuresIn(world.chain.head(), 0).found
  world.down.add(HOSPITAL)
  is(await world.research[INSTITUTE]?.erase(due as DueErasure), 'waits')
  equal(rowsAt(world, INSTITUTE), 2)
  world.down.clear()
  is(await world.research[INSTITUTE]?.erase(due as DueErasure), 'gone')
  equal(rowsAt(world, INSTITUTE), 1)
  await passTime(world, 3)
  equal(rowsAt(world, INSTITUTE), 1)
})

test('when the broker has left, all rows of the grant go', async ({ world, chart, batchId }) => {
  await researchGrant(world, chart)
  await passTime(world, 2)
  await until('the row is there', () => rowsAt(world, INSTITUTE) === 1)
  const { kind, payload } = requestErasure
  const records = [recordIdOf(batchId, 0)]
  unwrap(await world.chain.submit(transactionOf(world, chart, kind, payload, { records })))
  world.clock.advance(CANCEL_MS + 60_000)
  world.chain.remove(idOf(world, HOSPITAL))
  const [due] = dueErasuresIn(world.chain.head(), 0).found
  is(await world.research[INSTITUTE]?.erase(due as DueErasure), 'gone')
  equal(rowsAt(world, INSTITUTE), 0)
})

test.run()
