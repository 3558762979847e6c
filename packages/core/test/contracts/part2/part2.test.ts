import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  grantTermsSchema,
  isPart2ConsentTooLong,
  isPart2CopyOf,
  missingPart2Elements,
  PART2_CONSENT_BYTES_MAX,
  type Purpose,
  part2ConsentDigest,
} from '../../../src/access/index.ts'
import {
  anchoringSchema,
  appointGuardian,
  attestPart2,
  batchIdOf,
  decideAccess,
  declareProgram,
  endGuardianship,
  enrol,
  giveGrantFor,
  guardianshipIdOf,
  recordIdOf,
  revokeGrant,
} from '../../../src/contracts/index.ts'
import { unwrap } from '../../../src/encoding/index.ts'
import { createReadView } from '../../../src/state/index.ts'
import { createWorld, fakeBytes, type Party, party, registerChart, terms, type World } from '../world.ts'

const [north, south, doctor] = [party('north'), party('south'), party('doctor')]

const codeOf = (outcome: { ok: boolean; code?: string }): string =>
  outcome.ok ? 'ok' : (outcome.code as string)

/** Anchors one record of north's; its id. */
const write = (world: World, chart: Party, name: string): Uint8Array => {
  const nonce = fakeBytes(name, 16)
  const batchId = batchIdOf(chart.id, north.id, nonce)
  const [commitment, ciphertextDigest, envelopeDigest] = ['c', 'd', 'e'].map((part) =>
    fakeBytes(`${name}/${part}`),
  )
  const anchors = [{ commitment, ciphertextDigest, envelopeDigest }] as never
  const anchoring = { chart: chart.id, batchId, nonce, epoch: 0, anchors }
  unwrap(world.run('records.anchor', anchoringSchema, anchoring, north))
  return recordIdOf(batchId, 0)
}

const read = (world: World, actor: Party, chart: Party, recordId: Uint8Array, purpose: Purpose = 'TREAT') =>
  decideAccess(createReadView(world.state), {
    ...{ actor: actor.id, chart: chart.id, recordId, purpose, mode: 'read' },
    ...{ timeMs: world.now(), scopeProof: undefined },
  }).code

const prepare = () => {
  const world = createWorld()
  unwrap(world.run(enrol.kind, enrol.payload, { role: 'practitioner', ...doctor }, south, doctor))
  const chart = registerChart(world, 'chart', north)
  return { world, chart }
}

const declare = (world: World, by: Party) =>
  codeOf(world.run(declareProgram.kind, declareProgram.payload, {}, by))

const attest = (world: World, chart: Party, grantId: Uint8Array) =>
  codeOf(
    world.run(attestPart2.kind, attestPart2.payload, { grantId, consentDigest: fakeBytes('digest') }, chart),
  )

test('a programme declares itself once, and nobody else does', () => {
  const { world, chart } = prepare()
  assert.is(declare(world, north), 'ok')
  assert.is(declare(world, north), 'part2.declared')
  assert.is(declare(world, doctor), 'identity.not-institution')
  assert.is(declare(world, chart), 'identity.not-institution')
})

test('what a programme wrote needs a consent with the elements; what it wrote before does not', () => {
  const { world, chart } = prepare()
  const before = write(world, chart, 'before')
  declare(world, north)
  const after = write(world, chart, 'after')
  const grant = terms(world, 'grant', chart.id, doctor)
  unwrap(world.run('consent.grant', grantTermsSchema, grant, chart))
  assert.equal(
    [before, after].map((id) => read(world, doctor, chart, id)),
    ['permit', 'consent.part2'],
  )
  assert.is(read(world, north, chart, after), 'permit', 'the programme reads what it wrote')
  assert.is(read(world, south, chart, after), 'consent.none', 'strangers hear nothing of it')
  assert.is(attest(world, chart, grant.grantId), 'ok')
  assert.is(read(world, doctor, chart, after), 'permit')
  assert.is(read(world, doctor, chart, after, 'HPAYMT'), 'consent.purpose')
  unwrap(world.run(revokeGrant.kind, revokeGrant.payload, { grantId: grant.grantId }, chart))
  assert.is(read(world, doctor, chart, after), 'consent.revoked')
})

test('a prohibition needs no elements, and beats a consent that has them', () => {
  const { world, chart } = prepare()
  declare(world, north)
  const record = write(world, chart, 'record')
  const grant = terms(world, 'grant', chart.id, doctor)
  unwrap(world.run('consent.grant', grantTermsSchema, grant, chart))
  attest(world, chart, grant.grantId)
  const ban = terms(world, 'ban', chart.id, south, { isDeny: true })
  unwrap(world.run('consent.grant', grantTermsSchema, ban, chart))
  assert.is(read(world, doctor, chart, record), 'consent.denied')
  assert.is(attest(world, chart, ban.grantId), 'part2.no-consent')
})

test('only the chart attests, once, a grant that holds', () => {
  const { world, chart } = prepare()
  const other = registerChart(world, 'other', north)
  const grant = terms(world, 'grant', chart.id, doctor)
  unwrap(world.run('consent.grant', grantTermsSchema, grant, chart))
  assert.is(attest(world, other, grant.grantId), 'consent.unknown-grant')
  assert.is(attest(world, doctor, grant.grantId), 'consent.unknown-grant')
  assert.is(attest(world, chart, fakeBytes('nothing')), 'consent.unknown-grant')
  assert.is(attest(world, chart, grant.grantId), 'ok')
  assert.is(attest(world, chart, grant.grantId), 'part2.attested')
  const ended = terms(world, 'ended', chart.id, doctor, { untilMs: world.now() + 1500 })
  unwrap(world.run('consent.grant', grantTermsSchema, ended, chart))
  world.advance(5000)
  assert.is(attest(world, chart, ended.grantId), 'part2.no-consent')
})

test('42 CFR 2.31: each missing element is named; one consent for all of TPO needs two statements more', () => {
  const whole = {
    ...{
      patient: 'Maria',
      discloser: 'Harbor',
      description: 'attendance',
      recipient: 'Dr Lee',
      purpose: 'care',
    },
    ...{ rightToRevoke: 'in writing', expiry: '2027', signature: 'Maria', date: '2026-11-29' },
  }
  assert.equal(missingPart2Elements(whole, ['TREAT']), [])
  assert.equal(missingPart2Elements({ ...whole, signature: ' ', expiry: undefined }, ['TREAT']), [
    'expiry',
    'signature',
  ])
  assert.equal(missingPart2Elements({}, ['HPAYMT']).length, 9)
  const tpo: readonly Purpose[] = ['TREAT', 'HPAYMT', 'HOPERAT']
  assert.equal(missingPart2Elements(whole, tpo), ['redisclosure', 'refusalConsequences'])
})

test('a guardian attests the grants that it gave, while it is one, and no others', () => {
  const { world, chart } = prepare()
  const mother = party('mother')
  unwrap(world.run(enrol.kind, enrol.payload, { role: 'guardian', ...mother }, south, mother))
  declare(world, north)
  const record = write(world, chart, 'record')
  const termsDigest = fakeBytes('guardianship')
  const guardianshipId = guardianshipIdOf(chart.id, termsDigest)
  const period = { fromMs: world.now(), untilMs: world.now() + 30 * 86_400_000 }
  const office = { guardian: mother.id, kind: 'parent', documentHash: undefined } as const
  const appointment = { guardianshipId, termsDigest, ...office, ...period }
  unwrap(world.run(appointGuardian.kind, appointGuardian.payload, appointment, chart))
  const give = (name: string) => {
    const given = terms(world, name, chart.id, doctor)
    unwrap(world.run(giveGrantFor.kind, giveGrantFor.payload, { chart: chart.id, terms: given }, mother))
    return given.grantId
  }
  const own = terms(world, 'own', chart.id, south)
  unwrap(world.run('consent.grant', grantTermsSchema, own, chart))
  assert.is(attest(world, mother, own.grantId), 'consent.unknown-grant')
  const [first, second] = [give('first'), give('second')]
  assert.is(read(world, doctor, chart, record), 'consent.part2')
  assert.is(attest(world, mother, first), 'ok')
  assert.is(read(world, doctor, chart, record), 'permit')
  unwrap(world.run(endGuardianship.kind, endGuardianship.payload, { guardianshipId }, chart))
  assert.is(attest(world, mother, second), 'consent.unknown-grant')
  assert.is(attest(world, chart, second), 'part2.no-consent', 'it ended with the guardianship')
})

test('no two consents have one digest, however their elements are cut', () => {
  const consent = {
    ...{ patient: 'M', discloser: 'H', description: 'd', recipient: 'L', purpose: 'care' },
    ...{ rightToRevoke: 'w', expiry: '2027', signature: 'M', date: '2026-11-29' },
  }
  const salt = fakeBytes('salt')
  const moved = { ...consent, purpose: 'care\nrightToRevoke: w', rightToRevoke: '' }
  assert.not.equal(part2ConsentDigest(consent, salt), part2ConsentDigest(moved, salt))
  assert.ok(isPart2CopyOf({ consent, salt }, part2ConsentDigest(consent, salt)))
  assert.is(isPart2ConsentTooLong(consent), false)
  assert.ok(isPart2ConsentTooLong({ ...consent, description: 'ä'.repeat(PART2_CONSENT_BYTES_MAX / 2) }))
})

test.run()
