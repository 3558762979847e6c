import {
  attestPart2,
  isPart2CopyOf,
  openPart2Copy,
  type Part2Copy,
  part2ConsentDigest,
  part2Deliver,
  part2Find,
  type Result,
  sealPart2Copy,
  unwrap,
} from '@medchain/core'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { type Consortium, createConsortium } from '../requests/consortium.ts'
import {
  enrolAt,
  grantOn,
  grantTerms,
  registerPatient,
  type TestChart,
  type TestPerson,
  termsFor,
  transactionOf,
} from '../requests/people.ts'

const test = suite<{ world: Consortium }>('copies of consents under 42 CFR Part 2')

test.before.each(async (context) => {
  context.world = await createConsortium()
})
test.after.each(({ world }) => world.close())

const codeOf = <T>(result: Result<T>): string => (result.ok ? 'ok' : result.code)

const COPY: Part2Copy = {
  consent: {
    ...{
      patient: 'Maria',
      discloser: 'Harbor',
      description: 'attendance',
      recipient: 'Dr Lee',
      purpose: 'care',
    },
    ...{ rightToRevoke: 'in writing', expiry: '2027', signature: 'Maria', date: '2026-11-29' },
  },
  salt: new Uint8Array(32).fill(5),
}

/** A grant to a doctor of node 1's institution by a chart that node 0 registered. */
const prepare = async (world: Consortium) => {
  const chart = (await registerPatient(world, 0, ['substance-use'])).charts[0] as TestChart
  const doctor = await enrolAt(world, 1, 'practitioner')
  const terms = termsFor(chart.id, grantTerms(world, doctor.id))
  await grantOn(world, chart, terms)
  const { grantId } = terms
  const sealTo = async (party: TestChart | TestPerson, sealingKey: Uint8Array) => {
    const place = { networkId: world.chain.networkId, grantId, party: party.id }
    return { grantId, party: party.id, sealed: unwrap(await sealPart2Copy(sealingKey, place, COPY)) }
  }
  const attest = async (by: TestChart) => {
    const payload = { grantId, consentDigest: part2ConsentDigest(COPY.consent, COPY.salt) }
    unwrap(await world.chain.submit(transactionOf(world, by, attestPart2.kind, attestPart2.payload, payload)))
  }
  const forDoctor = await sealTo(doctor, doctor.inception?.sealingKey as Uint8Array)
  return { chart, doctor, grantId, forDoctor, sealTo, attest }
}

test('a copy follows the attestation to its party, later where that is down, and opens for it alone', async ({
  world,
}) => {
  const { chart, doctor, grantId, forDoctor, attest } = await prepare(world)
  is(codeOf(await world.ask(0, chart, part2Deliver, forDoctor)), 'envelope.grant', 'not attested')
  await attest(chart)
  is(codeOf(await world.ask(0, doctor, part2Deliver, forDoctor)), 'envelope.grant', 'not the giver')
  world.down.add(1)
  unwrap(await world.ask(0, chart, part2Deliver, forDoctor))
  await world.restart(0)
  world.down.clear()
  is(await world.nodes[0]?.privacy.retry(), 0)
  const { sealed, opened } = unwrap(await world.ask(1, doctor, part2Find, { grantId }))
  is(opened, undefined)
  const place = { networkId: world.chain.networkId, grantId, party: doctor.id }
  ok(sealed)
  const copy = unwrap(await openPart2Copy(doctor.sealingSecret as Uint8Array, place, sealed))
  equal(copy.consent.signature, 'Maria')
  ok(isPart2CopyOf(copy, part2ConsentDigest(COPY.consent, COPY.salt)))
  is(isPart2CopyOf({ ...copy, salt: new Uint8Array(32) }, part2ConsentDigest(COPY.consent, COPY.salt)), false)
})

test('nobody else is a party, and nobody else finds a copy', async ({ world }) => {
  const { chart, grantId, forDoctor, sealTo, attest } = await prepare(world)
  await attest(chart)
  unwrap(await world.ask(0, chart, part2Deliver, forDoctor))
  const colleague = await enrolAt(world, 1, 'practitioner')
  const stranger = await sealTo(colleague, colleague.inception?.sealingKey as Uint8Array)
  is(codeOf(await world.ask(0, chart, part2Deliver, stranger)), 'envelope.grant')
  for (const other of [colleague, chart])
    equal(unwrap(await world.ask(1, other, part2Find, { grantId })), { sealed: undefined, opened: undefined })
})

test.run()
