import { importBatch, type PersonRole, unwrap } from '@medchain/core'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { recordOf, sealFor } from '../requests/batches.ts'
import type { TestActor } from '../requests/consortium.ts'
import { enrolAt, grantOn, grantTerms, registerPatient, type TestChart } from '../requests/people.ts'
import { conditionOf, createResearchWorld, HOSPITAL, type ResearchWorld } from './research-world.ts'

const test = suite<{ world: ResearchWorld; doctor: TestActor }>('who asks what')

const OPERATIONS = { query: 'Condition?code=x', purpose: 'HOPERAT', count: true }
const RESEARCH = { ...OPERATIONS, purpose: 'HRESCH' }

test.before.each(async (context) => {
  const world = await createResearchWorld()
  const doctor = await enrolAt(world, HOSPITAL, 'practitioner')
  const chart = (await registerPatient(world, HOSPITAL, ['general'])).charts[0] as TestChart
  const record = { ...recordOf('one'), bytes: conditionOf('one') }
  unwrap(await world.ask(HOSPITAL, doctor, importBatch, await sealFor(world, 0, doctor, chart, [record])))
  Object.assign(context, { world, doctor })
})
test.after.each(({ world }) => world.close())

const sealAndImport = async (world: ResearchWorld, at: number, chart: TestChart) => {
  const author = await enrolAt(world, at, 'practitioner')
  unwrap(await world.ask(at, author, importBatch, await sealFor(world, at, author, chart, [recordOf('two')])))
}

const codeOf = async (world: ResearchWorld, actor: TestActor, question: object): Promise<string> => {
  const answer = await world.query(HOSPITAL, actor, question)
  return answer.ok ? 'ok' : answer.code
}

test('operations are for the staff, whatever else the institution enrolled', async ({ world, doctor }) => {
  is(unwrap(await world.query(HOSPITAL, doctor, OPERATIONS)).count, 1)
  const asked: Record<string, readonly string[]> = {}
  for (const role of ['researcher', 'device', 'guardian'] as readonly PersonRole[]) {
    const person = await enrolAt(world, HOSPITAL, role)
    asked[role] = [await codeOf(world, person, OPERATIONS), await codeOf(world, person, RESEARCH)]
  }
  equal(asked, {
    researcher: ['research.not-staff', 'ok'],
    device: ['research.not-staff', 'research.not-staff'],
    guardian: ['research.not-staff', 'research.not-staff'],
  })
})

test('rows of operations are disclosed again when they are shown; what is refused then is not', async (context) => {
  const { world, doctor } = context
  const question = { ...OPERATIONS, count: false }
  const indexed = unwrap(await world.query(HOSPITAL, doctor, OPERATIONS))
  equal([indexed.count, world.readings.length], [1, 1])
  const shown = unwrap(await world.query(HOSPITAL, doctor, question))
  equal([shown.rows?.length, shown.incomplete, world.readings.length], [1, 0, 2])
  for (const at of [1, 2, 3]) world.down.add(at)
  const hidden = unwrap(await world.query(HOSPITAL, doctor, question))
  equal([hidden.rows, hidden.incomplete], [[], 1])
})

test('a grant to one researcher shows to no other, not even as one whose rows are awaited', async ({
  world,
}) => {
  const [chosen, other] = [
    await enrolAt(world, HOSPITAL, 'researcher'),
    await enrolAt(world, HOSPITAL, 'researcher'),
  ]
  const chart = (await registerPatient(world, 1, ['general'])).charts[0] as TestChart
  // The broker's directory does not know the chart, so that its rows never come.
  const broker = world.nodes[2]?.institution.id
  await grantOn(world, chart, grantTerms(world, chosen.id, { purposes: ['HRESCH'], broker }))
  await sealAndImport(world, 1, chart)
  is(unwrap(await world.query(HOSPITAL, other, RESEARCH)).incomplete, 0)
  const asking = world.query(HOSPITAL, chosen, RESEARCH)
  for (let turn = 0; turn < 110; turn++) {
    world.clock.advance(100)
    world.chain.beat()
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  is(unwrap(await asking).incomplete, 1)
})

test('a node that lost the chain answers no query', async ({ world, doctor }) => {
  is(await codeOf(world, doctor, OPERATIONS), 'ok')
  world.clock.advance(31_000)
  is(await codeOf(world, doctor, OPERATIONS), 'disclosure.stale')
  is(await codeOf(world, doctor, RESEARCH), 'disclosure.stale')
  world.chain.beat()
  is(await codeOf(world, doctor, OPERATIONS), 'ok')
})

test.run()
