import {
  type Attestation,
  accounts,
  openAttestation,
  type Result,
  signAttestation,
  staffAttest,
  staffFind,
  staffForget,
  staffList,
  subjectAdd,
  subjectFind,
  subjectList,
  subjectRemove,
  unwrap,
} from '@medchain/core'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { signatureVerifier } from '../../src/replica/verifier.ts'
import { type Consortium, createConsortium, type TestActor } from '../requests/consortium.ts'
import { createPerson, enrolAt, type TestPerson } from '../requests/people.ts'

const test = suite<{ world: Consortium; north: TestActor; south: TestActor }>('staff and numbers')

test.before.each(async (context) => {
  context.world = await createConsortium({ sponsorPolicy: 'token' })
  const [north, south] = context.world.chain.institutions
  context.north = north as TestActor
  context.south = south as TestActor
})
test.after.each(({ world }) => world.close())

const codeOf = <T>(result: Result<T>): string => (result.ok ? 'ok' : result.code)

const attestationOf = (
  world: Consortium,
  institution: TestActor,
  account: Uint8Array,
  more: Partial<Attestation> = {},
): Attestation => ({
  version: 1,
  networkId: world.chain.networkId,
  institution: institution.id,
  account,
  name: 'Dr Ana Lopez',
  role: 'practitioner',
  licence: { number: 'A-4711', authority: undefined, untilMs: undefined },
  issuedMs: world.clock.wallMs(),
  ...more,
})

/** Admits the keys of somebody who then registers without a token. */
const enrolAttested = async (world: Consortium, institution: TestActor): Promise<TestPerson> => {
  const attestAny = async (account: Uint8Array): Promise<void> => {
    const signed = signAttestation(attestationOf(world, institution, account), institution.sign)
    unwrap(await world.ask(0, institution, staffAttest, { signed }))
  }
  const { ask } = world
  // The person's keys are known once enrolAt asks with them: attested just before that request is answered.
  const asking = {
    ...world,
    ask: async (...given: Parameters<typeof ask>) => {
      await attestAny(given[1].id)
      return ask(...given)
    },
  } as Consortium
  return enrolAt(asking, 0, 'practitioner')
}

test('whom the institution attests registers without a token, in that role only', async ({
  world,
  north,
}) => {
  const attempt = (role: 'practitioner' | 'researcher') =>
    enrolAt(world, 0, role).then(
      () => 'ok',
      (error: Error) => error.message.split(':')[0],
    )
  is(await attempt('practitioner'), 'directory.denied')
  const doctor = await enrolAttested(world, north)
  is(world.chain.head().view.get(accounts, doctor.id)?.role, 'practitioner')
  const stranger = createPerson()
  const signed = signAttestation(attestationOf(world, north, stranger.id), north.sign)
  unwrap(await world.ask(0, north, staffAttest, { signed }))
  is(await attempt('researcher'), 'directory.denied')
})

test('the attested name is found through any node, verifies, and is gone once forgotten', async ({
  world,
  north,
}) => {
  const doctor = await enrolAttested(world, north)
  const found = unwrap(await world.ask(2, createPerson(), staffFind, { account: doctor.id }, 0)).signed
  ok(found)
  const place = {
    networkId: world.chain.networkId,
    institution: north.id,
    account: doctor.id,
    institutionKey: world.chain.head().view.get(accounts, north.id)?.signingKey as Uint8Array,
  }
  is(openAttestation(found, place, signatureVerifier)?.name, 'Dr Ana Lopez')
  for (const field of ['networkId', 'institution', 'account', 'institutionKey'] as const) {
    const other = Uint8Array.from(place[field], (byte) => byte ^ 1)
    is(openAttestation(found, { ...place, [field]: other }, signatureVerifier), undefined, field)
  }
  const changed = { ...found, attestation: Uint8Array.from(found.attestation) }
  changed.attestation[110] = (changed.attestation[110] as number) ^ 1
  is(openAttestation(changed, place, signatureVerifier), undefined)
  is(unwrap(await world.ask(0, north, staffList, { after: undefined })).length, 1)
  is(codeOf(await world.ask(0, doctor, staffForget, { account: doctor.id })), 'directory.institution-only')
  unwrap(await world.ask(0, north, staffForget, { account: doctor.id }))
  is(unwrap(await world.ask(0, createPerson(), staffFind, { account: doctor.id })).signed, undefined)
})

test('nobody attests but the institution itself, and only whom it enrolled', async ({
  world,
  north,
  south,
}) => {
  const doctor = await enrolAttested(world, north)
  const cases: readonly [string, TestActor, Attestation, TestActor, string][] = [
    ['staff', doctor, attestationOf(world, north, doctor.id), north, 'directory.institution-only'],
    ['another key', north, attestationOf(world, north, doctor.id), south, 'directory.attestation'],
    ['for another', north, attestationOf(world, south, doctor.id), north, 'directory.attestation'],
    [
      'of another network',
      north,
      attestationOf(world, north, doctor.id, { networkId: new Uint8Array(32) }),
      north,
      'directory.attestation',
    ],
    [
      'another role',
      north,
      attestationOf(world, north, doctor.id, { role: 'researcher' }),
      north,
      'directory.other-sponsor',
    ],
  ]
  for (const [name, actor, attestation, signer, code] of cases) {
    const signed = signAttestation(attestation, signer.sign)
    is(codeOf(await world.ask(0, actor, staffAttest, { signed })), code, name)
  }
  const signed = signAttestation(attestationOf(world, south, doctor.id), south.sign)
  is(codeOf(await world.ask(1, south, staffAttest, { signed })), 'directory.other-sponsor')
})

test('numbers are the institution’s own: its staff resolves them, others do not', async ({
  world,
  north,
}) => {
  const doctor = await enrolAttested(world, north)
  const maria = createPerson()
  const link = { mrn: '00417-22', person: maria.id }
  unwrap(await world.ask(0, doctor, subjectAdd, link))
  unwrap(await world.ask(0, north, subjectAdd, link))
  equal(unwrap(await world.ask(0, doctor, subjectFind, { mrn: link.mrn })).person, maria.id)
  equal(unwrap(await world.ask(0, north, subjectList, { after: undefined })), [link])
  equal(unwrap(await world.ask(0, north, subjectList, { after: link.mrn })), [])
  const other = { ...link, person: createPerson().id }
  is(codeOf(await world.ask(0, doctor, subjectAdd, other)), 'subject.exists')
  is(codeOf(await world.ask(0, doctor, subjectFind, { mrn: '1' })), 'subject.unknown')
  for (const stranger of [maria, world.chain.institutions[1] as TestActor]) {
    is(codeOf(await world.ask(0, stranger, subjectFind, { mrn: link.mrn })), 'directory.staff-only')
    is(codeOf(await world.ask(0, stranger, subjectList, { after: undefined })), 'directory.staff-only')
  }
  const names = [...(world.nodes[0]?.vault.values.keys() ?? [])]
  ok(!names.some((name) => name.includes(Buffer.from(link.mrn).toString('hex'))))
  unwrap(await world.ask(0, doctor, subjectRemove, { mrn: link.mrn }))
  is(codeOf(await world.ask(0, doctor, subjectFind, { mrn: link.mrn })), 'subject.unknown')
})

test.run()
