import path from 'node:path'
import {
  appointGuardian,
  charts,
  directoryCharts,
  endGuardianship,
  envelopeDeliver,
  envelopeList,
  explainAccess,
  type GuardianshipTerms,
  giveGrantFor,
  guardianshipIdOf,
  importBatch,
  keyringRead,
  keyringWrite,
  type Result,
  recordIdOf,
  registerCharts,
  sealGrant,
  type TransactionKind,
  unwrap,
} from '@medchain/core'
import { suite } from 'uvu'
import { equal, is, not, ok } from 'uvu/assert'
import { createInvite } from '../../src/directory/invites.ts'
import { recordOf, sealFor } from '../requests/batches.ts'
import { type Consortium, createConsortium, type TestNode } from '../requests/consortium.ts'
import {
  createPerson,
  enrolAt,
  grantOn,
  grantTerms,
  registerPatient,
  revokeOn,
  type TestChart,
  type TestPerson,
  termsFor,
  transactionOf,
} from '../requests/people.ts'

const test = suite<{ world: Consortium }>('directory')

test.before.each(async (context) => {
  context.world = await createConsortium()
})
test.after.each(({ world }) => world.close())

const codeOf = <T>(result: Result<T>): string => (result.ok ? 'ok' : result.code)

const plain = (bytes: Uint8Array) => [...bytes]

const sealedGrantFor = async (
  world: Consortium,
  chart: TestChart,
  grantee: Pick<TestPerson, 'id' | 'inception'> & { readonly sealingKey?: Uint8Array },
  grantId: Uint8Array,
  person = chart.person,
) =>
  unwrap(
    await sealGrant(
      (grantee.sealingKey ?? grantee.inception?.sealingKey) as Uint8Array,
      { networkId: world.chain.networkId, grantee: grantee.id },
      {
        grantId,
        chart: chart.id,
        epoch: 0,
        person,
        compartment: 'general',
        keys: { type: 'epoch', epochSecret: chart.epochSecret },
      },
    ),
  )

test('a patient’s charts come on the chain and into the sponsor’s directory', async ({ world }) => {
  const patient = await registerPatient(world, 0, ['general', 'laboratory'])
  for (const chart of patient.charts) ok(world.chain.head().view.get(charts, chart.id))
  const expected = [
    { compartment: 'general', chart: patient.charts[0]?.id },
    { compartment: 'laboratory', chart: patient.charts[1]?.id },
  ]
  const doctor = await enrolAt(world, 0, 'practitioner')
  const person = patient.person.id
  equal(unwrap(await world.ask(0, doctor, directoryCharts, { person })), expected)
  equal(unwrap(await world.ask(0, patient.person, directoryCharts, { person })), expected)
  const stranger = await enrolAt(world, 1, 'practitioner')
  is(codeOf(await world.ask(0, stranger, directoryCharts, { person })), 'consent.none')
  is(codeOf(await world.ask(0, doctor, directoryCharts, { person: createPerson().id })), 'directory.unknown')
})

test('staff find the charts that grants to their institution name, while they hold', async ({ world }) => {
  const [patient, other] = [
    await registerPatient(world, 1, ['general']),
    await registerPatient(world, 0, ['general']),
  ]
  const doctor = await enrolAt(world, 0, 'practitioner')
  const [chart, north] = [
    patient.charts[0] as TestChart,
    world.nodes[0]?.institution as TestNode['institution'],
  ]
  const give = async (person: Uint8Array) => {
    const { grantId } = await grantOn(world, chart, grantTerms(world, north.id))
    const sealed = await sealedGrantFor(world, chart, north, grantId, person)
    unwrap(await world.ask(1, chart, envelopeDeliver, { grantee: north.id, grantId, sealed }))
    return grantId
  }
  const charts = async (person: TestPerson) => {
    const found = await world.ask(0, doctor, directoryCharts, { person: person.id })
    return found.ok ? found.value.map(({ chart: id }) => plain(id)) : found.code
  }
  const given = await give(patient.person.id)
  equal(await charts(patient.person), [plain(chart.id)])
  await revokeOn(world, chart, given)
  is(await charts(patient.person), 'directory.unknown')
  await give(other.person.id)
  equal(await charts(other.person), [plain(other.charts[0]?.id as Uint8Array)], 'a claim replaces nothing')
})

test('nobody takes charts for their own that another person registered', async ({ world }) => {
  const { person, registrations } = await registerPatient(world, 0, ['general'])
  const thief = createPerson()
  const again = (actor: TestPerson) =>
    world.ask(0, actor, registerCharts, { charts: registrations, token: undefined })
  is(codeOf(await again(thief)), 'directory.exists')
  is(codeOf(await again(person)), 'ok', 'sent again')
  const doctor = await enrolAt(world, 0, 'practitioner')
  is(codeOf(await world.ask(0, doctor, directoryCharts, { person: thief.id })), 'directory.unknown')
})

test('without a token nobody is sponsored, and a token is good once', async () => {
  const world = await createConsortium({ sponsorPolicy: 'token' })
  try {
    const attempt = (token?: string) =>
      enrolAt(world, 0, 'practitioner', token).then(
        () => 'ok',
        (error: Error) => error.message.split(':')[0],
      )
    is(await attempt(), 'directory.denied')
    is(await attempt('made up'), 'directory.denied')
    const token = await createInvite(path.join(world.nodes[0]?.folder as string, 'invites'), 'practitioner')
    is(await attempt(token), 'ok')
    is(await attempt(token), 'directory.denied')
  } finally {
    await world.close()
  }
})

test('a sealed grant reaches the grantee’s institution, later if it is down', async ({ world }) => {
  const chart = (await registerPatient(world, 0, ['general'])).charts[0] as TestChart
  const doctor = await enrolAt(world, 1, 'practitioner')
  const terms = termsFor(chart.id, grantTerms(world, doctor.id))
  const sealed = await sealedGrantFor(world, chart, doctor, terms.grantId)
  const delivery = { grantee: doctor.id, grantId: terms.grantId, sealed }
  is(codeOf(await world.ask(0, chart, envelopeDeliver, delivery)), 'envelope.grant')
  await grantOn(world, chart, terms)
  world.down.add(1)
  unwrap(await world.ask(0, chart, envelopeDeliver, delivery))
  equal(unwrap(await world.ask(1, doctor, envelopeList, { after: undefined })), [])
  await world.restart(0)
  world.down.clear()
  is(await world.nodes[0]?.privacy.retry(), 0)
  const waiting = unwrap(await world.ask(1, doctor, envelopeList, { after: undefined }))
  equal(
    waiting.map(({ grantId, sealed: kept }) => [plain(grantId), plain(kept)]),
    [[terms.grantId, sealed].map(plain)],
  )
  equal(unwrap(await world.ask(1, doctor, envelopeList, { after: terms.grantId })), [])
  const other = await enrolAt(world, 1, 'practitioner')
  equal(unwrap(await world.ask(1, other, envelopeList, { after: undefined })), [])
  const forged = await world.ask(0, doctor, envelopeDeliver, delivery)
  is(codeOf(forged), 'envelope.grant')
})

test('a guardian hands over the keys of grants that it gave, while it is one', async ({ world }) => {
  const { charts: own } = await registerPatient(world, 0, ['general'])
  const chart = own[0] as TestChart
  const guardian = await enrolAt(world, 1, 'guardian')
  const doctor = await enrolAt(world, 0, 'practitioner')
  const termsDigest = new Uint8Array(32).fill(7)
  const fromMs = world.clock.wallMs() - 1000
  const guardianship: GuardianshipTerms = {
    guardianshipId: guardianshipIdOf(chart.id, termsDigest),
    guardian: guardian.id,
    kind: 'parent',
    fromMs,
    untilMs: fromMs + 400 * 86_400_000,
    documentHash: undefined,
    termsDigest,
  }
  const send = async <T>(by: TestChart | TestPerson, kind: TransactionKind<T>, payload: T) =>
    unwrap(await world.chain.submit(transactionOf(world, by, kind.kind, kind.payload, payload)))
  await send(chart, appointGuardian, guardianship)
  const terms = termsFor(chart.id, grantTerms(world, doctor.id))
  await send(guardian, giveGrantFor, { chart: chart.id, terms })
  const { grantId } = terms
  const sealed = await sealedGrantFor(world, chart, doctor, grantId)
  const deliver = () => world.ask(0, guardian, envelopeDeliver, { grantee: doctor.id, grantId, sealed })
  is(codeOf(await deliver()), 'ok')
  await send(chart, endGuardianship, { guardianshipId: guardianship.guardianshipId })
  is(codeOf(await deliver()), 'envelope.grant', 'nor overwrites what the patient has sealed anew since')
})

test('a keyring is replicated, only grows, and any node finds it', async ({ world }) => {
  const person = createPerson()
  const first = Uint8Array.of(1)
  const second = Uint8Array.of(2)
  world.down.add(3)
  unwrap(await world.ask(0, person, keyringWrite, { counter: 1, sealed: first }))
  is(codeOf(await world.ask(0, person, keyringWrite, { counter: 1, sealed: second })), 'keyring.stale')
  unwrap(await world.ask(0, person, keyringWrite, { counter: 2, sealed: second }))
  await world.nodes[0]?.privacy.retry()
  world.down.clear()
  const newest = { counter: 2, sealed: second }
  equal(unwrap(await world.ask(1, person, keyringRead, [])), newest)
  not.ok(world.nodes[3]?.vault.list('keyring', new Uint8Array(0)).length)
  equal(unwrap(await world.ask(3, person, keyringRead, [])), newest)
  equal(unwrap(await world.ask(2, createPerson(), keyringRead, [])), { counter: 0, sealed: undefined })
})

test('explain names the rule to the parties and nothing to others', async ({ world }) => {
  const chart = (await registerPatient(world, 0, ['general'])).charts[0] as TestChart
  const author = await enrolAt(world, 0, 'practitioner')
  const doctor = await enrolAt(world, 1, 'practitioner')
  const stranger = await enrolAt(world, 2, 'practitioner')
  const batch = await sealFor(world, 0, author, chart, [recordOf('one')])
  unwrap(await world.ask(0, author, importBatch, batch))
  const recordId = recordIdOf(batch.batchId, 0)
  const question = { actor: doctor.id, recordId, purpose: 'TREAT' as const, scopeProof: undefined }
  is(unwrap(await world.ask(1, doctor, explainAccess, question)).code, 'consent.none')
  await grantOn(world, chart, grantTerms(world, doctor.id))
  is(unwrap(await world.ask(1, chart, explainAccess, question)).code, 'permit')
  is(unwrap(await world.ask(0, chart, explainAccess, question, 1)).basis, 'grant')
  is(
    unwrap(await world.ask(1, doctor, explainAccess, { ...question, purpose: 'HPAYMT' })).code,
    'consent.purpose',
  )
  is(codeOf(await world.ask(1, stranger, explainAccess, question)), 'consent.none')
  const nowhere = { ...question, recordId: new Uint8Array(18) }
  is(codeOf(await world.ask(1, stranger, explainAccess, nowhere)), 'consent.none')
})

test('what the directory keeps names nobody in the clear outside the vault', async ({ world }) => {
  await registerPatient(world, 0, ['hiv'])
  const keys = (world.nodes[0] as TestNode).vault.list('index', new Uint8Array(0))
  ok(keys.every((key) => !Buffer.from(key).includes('hiv')))
})

test.run()
