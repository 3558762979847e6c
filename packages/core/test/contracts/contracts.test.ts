import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { grantTermsSchema, type Purpose } from '../../src/access/index.ts'
import {
  type Anchoring,
  anchorAudit,
  anchoringSchema,
  batchIdOf,
  charts,
  decideAccess,
  enrol,
  holdersOf,
  openEpoch,
  recordIdOf,
  revokeGrant,
  setStatus,
} from '../../src/contracts/index.ts'
import { createReadView } from '../../src/state/index.ts'
import { createWorld, fakeBytes, type Party, party, registerChart, terms, type World } from './world.ts'

const north = party('north')
const south = party('south')
const institute = party('institute')
const doctor = party('doctor')

const codeOf = (outcome: { ok: boolean; code?: string }): string =>
  outcome.ok ? 'ok' : (outcome.code as string)

const enrolDoctor = (world: World) =>
  world.run(enrol.kind, enrol.payload, { role: 'practitioner', ...doctor }, south, doctor)

const batchId = (chart: Party, batch: string): Uint8Array =>
  batchIdOf(chart.id, north.id, fakeBytes(batch, 16))

const anchoring = (chart: Party, batch: string, epoch = 0, count = 3): Anchoring => ({
  chart: chart.id,
  batchId: batchId(chart, batch),
  nonce: fakeBytes(batch, 16),
  epoch,
  anchors: Array.from({ length: count }, (_, index) => ({
    commitment: fakeBytes(`${batch}/c${index}`),
    ciphertextDigest: fakeBytes(`${batch}/d${index}`),
    envelopeDigest: fakeBytes(`${batch}/e${index}`),
  })),
})

const decide = (
  world: World,
  actor: Party,
  chart: Party,
  purpose: Purpose = 'TREAT',
  recordId?: Uint8Array,
) =>
  decideAccess(createReadView(world.state), {
    actor: actor.id,
    chart: chart.id,
    recordId,
    purpose,
    mode: 'read',
    timeMs: world.now(),
    scopeProof: undefined,
  }).code

test('an institution enrols, suspends and restores; nobody else does', () => {
  const world = createWorld()
  assert.is(
    codeOf(world.run(enrol.kind, enrol.payload, { role: 'practitioner', ...doctor }, south)),
    'identity.unproven-key',
  )
  assert.is(codeOf(enrolDoctor(world)), 'ok')
  assert.is(codeOf(enrolDoctor(world)), 'identity.exists')
  const suspension = { account: doctor.id, status: 'suspended' as const }
  assert.is(codeOf(world.run(setStatus.kind, setStatus.payload, suspension, north)), 'identity.not-sponsor')
  assert.is(codeOf(world.run(setStatus.kind, setStatus.payload, suspension, south)), 'ok')
  const friend = party('friend')
  const enrolment = { role: 'practitioner' as const, ...friend }
  assert.is(codeOf(world.run(enrol.kind, enrol.payload, enrolment, doctor, friend)), 'identity.suspended')
})

test('records: the sponsor writes, a stranger does not, a batch stands once and only in the current epoch', () => {
  const world = createWorld()
  const chart = registerChart(world, 'chart', north)
  const batch = anchoring(chart, 'b1')
  assert.is(codeOf(world.run('records.anchor', anchoringSchema, batch, south)), 'consent.none')
  assert.is(codeOf(world.run('records.anchor', anchoringSchema, batch, north)), 'ok')
  assert.is(codeOf(world.run('records.anchor', anchoringSchema, batch, north)), 'records.exists')
  assert.is(createReadView(world.state).get(charts, chart.id)?.recordCount, 3)
  assert.is(codeOf(world.run(openEpoch.kind, openEpoch.payload, { epochKey: fakeBytes('e1') }, chart)), 'ok')
  assert.is(
    codeOf(world.run('records.anchor', anchoringSchema, anchoring(chart, 'b2'), north)),
    'records.stale-epoch',
  )
  assert.is(codeOf(world.run('records.anchor', anchoringSchema, anchoring(chart, 'b2', 1), north)), 'ok')
  assert.is(
    codeOf(world.run('records.anchor', anchoringSchema, anchoring(chart, 'b3', 1, 0), north)),
    'records.empty',
  )
})

test('reading: none, permit, purpose, expired, revoked, author, owner', () => {
  const world = createWorld()
  const chart = registerChart(world, 'chart', north)
  const other = registerChart(world, 'other', north)
  enrolDoctor(world)
  world.run('records.anchor', anchoringSchema, anchoring(chart, 'b1'), north)
  const record = recordIdOf(batchId(chart, 'b1'), 0)
  const missing = recordIdOf(batchId(chart, 'b9'), 0)
  assert.is(decide(world, doctor, chart, 'TREAT', record), 'consent.none')
  assert.is(decide(world, doctor, chart, 'TREAT', missing), 'consent.none')
  assert.is(decide(world, north, chart, 'TREAT', record), 'permit')
  assert.is(decide(world, north, chart, 'HRESCH', record), 'consent.none')
  assert.is(decide(world, chart, chart, 'PATRQT', record), 'permit')
  const first = terms(world, 'first', chart.id, doctor)
  assert.is(codeOf(world.run('consent.grant', grantTermsSchema, first, chart)), 'ok')
  assert.is(decide(world, doctor, chart, 'TREAT', record), 'permit')
  assert.is(decide(world, doctor, other), 'consent.none')
  assert.is(decide(world, doctor, chart, 'HPAYMT', record), 'consent.purpose')
  assert.is(decide(world, south, chart, 'TREAT', record), 'consent.none')
  world.advance(4_000_000)
  assert.is(decide(world, doctor, chart, 'TREAT', record), 'consent.expired')
  const second = terms(world, 'second', chart.id, doctor)
  world.run('consent.grant', grantTermsSchema, second, chart)
  assert.is(decide(world, doctor, chart, 'TREAT', record), 'permit')
  const revocation = { grantId: second.grantId }
  assert.is(
    codeOf(world.run(revokeGrant.kind, revokeGrant.payload, revocation, other)),
    'consent.unknown-grant',
  )
  assert.is(codeOf(world.run(revokeGrant.kind, revokeGrant.payload, revocation, chart)), 'ok')
  assert.is(
    codeOf(world.run(revokeGrant.kind, revokeGrant.payload, revocation, chart)),
    'consent.already-revoked',
  )
  assert.is(decide(world, doctor, chart, 'TREAT', record), 'consent.revoked')
})

test('a deny outweighs a permit; a grant to the institution reaches its staff; suspension ends both', () => {
  const world = createWorld()
  const chart = registerChart(world, 'chart', north)
  enrolDoctor(world)
  world.run('consent.grant', grantTermsSchema, terms(world, 'house', chart.id, south), chart)
  assert.is(decide(world, doctor, chart), 'permit')
  world.run(
    'consent.grant',
    grantTermsSchema,
    terms(world, 'not-her', chart.id, doctor, { isDeny: true }),
    chart,
  )
  assert.is(decide(world, doctor, chart), 'consent.denied')
  assert.is(decide(world, south, chart), 'permit')
  world.run(setStatus.kind, setStatus.payload, { account: doctor.id, status: 'suspended' as const }, south)
  assert.is(decide(world, doctor, chart), 'identity.suspended')
})

test('research: a broker is named, reads only what it may read for care, and the researcher gets no record', () => {
  const world = createWorld()
  const chart = registerChart(world, 'chart', north)
  world.run('records.anchor', anchoringSchema, anchoring(chart, 'b1'), north)
  const record = recordIdOf(batchId(chart, 'b1'), 0)
  const bare = terms(world, 'bare', chart.id, institute, { purposes: ['HRESCH'] })
  assert.is(codeOf(world.run('consent.grant', grantTermsSchema, bare, chart)), 'consent.broker')
  const mixed = terms(world, 'mixed', chart.id, institute, {
    purposes: ['HRESCH', 'TREAT'],
    broker: north.id,
  })
  assert.is(codeOf(world.run('consent.grant', grantTermsSchema, mixed, chart)), 'consent.purposes')
  const viaSouth = terms(world, 'south', chart.id, institute, { purposes: ['HRESCH'], broker: south.id })
  world.run('consent.grant', grantTermsSchema, viaSouth, chart)
  assert.is(decide(world, south, chart, 'HRESCH', record), 'consent.none')
  const viaNorth = terms(world, 'north', chart.id, institute, { purposes: ['HRESCH'], broker: north.id })
  world.run('consent.grant', grantTermsSchema, viaNorth, chart)
  assert.is(decide(world, north, chart, 'HRESCH', record), 'permit')
  assert.is(decide(world, institute, chart, 'HRESCH', record), 'consent.none')
  assert.is(decide(world, institute, chart, 'TREAT', record), 'consent.purpose')
})

test('audit anchors follow one another without a gap', () => {
  const world = createWorld()
  const anchor = (sequence: number) =>
    world.run(anchorAudit.kind, anchorAudit.payload, { sequence, root: fakeBytes('root') }, north)
  assert.is(codeOf(anchor(2)), 'disclosure.sequence')
  assert.is(codeOf(anchor(1)), 'ok')
  assert.is(codeOf(anchor(1)), 'disclosure.sequence')
  assert.is(codeOf(anchor(2)), 'ok')
})

test('the holders of a batch are two disjoint sets, the same on every node', () => {
  const institutions = [north, south, party('city'), institute].map((member) => member.id)
  for (let index = 0; index < 50; index++) {
    const { ciphertext, release } = holdersOf(fakeBytes(`batch${index}`, 16), institutions, north.id)
    assert.is(ciphertext.length, 2)
    assert.is(release.length, 2)
    assert.is(new Set([...ciphertext, ...release].map((id) => id.join())).size, 4)
    assert.not(
      release.some((id) => id.join() === north.id.join()),
      'the author holds release keys',
    )
    assert.equal(holdersOf(fakeBytes(`batch${index}`, 16), [...institutions].reverse(), north.id), {
      ciphertext,
      release,
    })
  }
})

test('an id of a grant or a batch that another saw first cannot be taken', () => {
  const world = createWorld()
  const chart = registerChart(world, 'chart', north)
  const other = registerChart(world, 'other', north)
  const pending = terms(world, 'first', chart.id, south)
  assert.is(codeOf(world.run('consent.grant', grantTermsSchema, pending, other)), 'consent.grant-id')
  assert.is(codeOf(world.run('consent.grant', grantTermsSchema, pending, chart)), 'ok')
  const batch = anchoring(chart, 'b1')
  const stolen = { ...batch, chart: other.id }
  assert.is(codeOf(world.run('records.anchor', anchoringSchema, stolen, north)), 'records.batch-id')
  assert.is(codeOf(world.run('records.anchor', anchoringSchema, batch, north)), 'ok')
})

test.run()
