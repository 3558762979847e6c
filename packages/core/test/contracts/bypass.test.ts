import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type AccessMode, grantTermsSchema, type Purpose, scopeDigestOf } from '../../src/access/index.ts'
import {
  anchoringSchema,
  batchIdOf,
  decideAccess,
  enrol,
  openEpoch,
  recordIdOf,
  setStatus,
} from '../../src/contracts/index.ts'
import type { PersonRole } from '../../src/identity/index.ts'
import { createReadView } from '../../src/state/index.ts'
import { createWorld, fakeBytes, type Party, party, registerChart, terms, type World } from './world.ts'

const north = party('north')
const south = party('south')
const institute = party('institute')

const codeOf = (outcome: { ok: boolean; code?: string }): string =>
  outcome.ok ? 'ok' : (outcome.code as string)

const nonce = fakeBytes('batch', 16)

const recordOf = (chart: Party): Uint8Array => recordIdOf(batchIdOf(chart.id, north.id, nonce), 0)

/** A chart with one record that north wrote. */
const chartWithRecord = (world: World): Party => {
  const chart = registerChart(world, 'chart', north)
  const anchor = {
    commitment: fakeBytes('c'),
    ciphertextDigest: fakeBytes('d'),
    envelopeDigest: fakeBytes('e'),
  }
  const anchoring = {
    chart: chart.id,
    batchId: batchIdOf(chart.id, north.id, nonce),
    nonce,
    epoch: 0,
    anchors: [anchor],
  }
  assert.is(codeOf(world.run('records.anchor', anchoringSchema, anchoring, north)), 'ok')
  return chart
}

const decide = (
  world: World,
  actor: Party,
  chart: Party,
  purpose: Purpose = 'TREAT',
  mode: AccessMode = 'read',
): string =>
  decideAccess(createReadView(world.state), {
    actor: actor.id,
    chart: chart.id,
    recordId: mode === 'read' ? recordOf(chart) : undefined,
    purpose,
    mode,
    timeMs: world.now(),
    scopeProof: undefined,
  }).code

const enrolAs = (world: World, role: PersonRole, sponsor: Party): Party => {
  const person = party(`${role} of ${sponsor.id.join()}`)
  assert.is(codeOf(world.run(enrol.kind, enrol.payload, { role, ...person }, sponsor, person)), 'ok')
  return person
}

const grant = (world: World, chart: Party, name: string, grantee: Party, changes = {}): string =>
  codeOf(world.run('consent.grant', grantTermsSchema, terms(world, name, chart.id, grantee, changes), chart))

test('only practitioners read what their institution wrote or was granted', () => {
  const world = createWorld()
  const chart = chartWithRecord(world)
  assert.is(grant(world, chart, 'south', south, { mode: 'read-write' }), 'ok')
  for (const sponsor of [north, south]) {
    assert.is(decide(world, enrolAs(world, 'practitioner', sponsor), chart), 'permit')
    for (const role of ['guardian', 'device', 'researcher'] as const)
      assert.is(decide(world, enrolAs(world, role, sponsor), chart), 'consent.none', role)
  }
})

test('a device writes for its institution, a researcher counts there, a guardian does neither', () => {
  const world = createWorld()
  const chart = chartWithRecord(world)
  const research = { purposes: ['HRESCH'], broker: north.id }
  assert.is(grant(world, chart, 'study', institute, research), 'ok')
  const codes = (['device', 'researcher', 'guardian'] as const).map((role) => [
    decide(world, enrolAs(world, role, north), chart, 'TREAT', 'write'),
    decide(world, enrolAs(world, role, institute), chart, 'HRESCH', 'deidentified'),
  ])
  assert.equal(codes, [
    ['permit', 'consent.none'],
    ['consent.none', 'permit'],
    ['consent.none', 'consent.none'],
  ])
})

test('a deny reaches everyone of an institution, and is neither narrowed by a proof nor dodged as broker', () => {
  const world = createWorld()
  const chart = chartWithRecord(world)
  const researcher = enrolAs(world, 'researcher', south)
  assert.is(grant(world, chart, 'own', researcher), 'ok')
  assert.is(decide(world, researcher, chart), 'permit')
  const listed = { isDeny: true, scopeDigest: scopeDigestOf([recordOf(chart)]) }
  assert.is(grant(world, chart, 'listed', south, listed), 'consent.scope')
  assert.is(grant(world, chart, 'not-south', south, { isDeny: true }), 'ok')
  assert.is(decide(world, researcher, chart), 'consent.denied')
  assert.is(grant(world, chart, 'study', institute, { purposes: ['HRESCH'], broker: north.id }), 'ok')
  assert.is(decide(world, north, chart, 'HRESCH'), 'permit')
  const noResearch = { purposes: ['HRESCH'], broker: south.id, isDeny: true }
  assert.is(grant(world, chart, 'no-research', north, noResearch), 'ok')
  assert.is(decide(world, north, chart, 'HRESCH'), 'consent.denied')
})

test('a suspended account can be forbidden, and is told nothing of what exists', () => {
  const world = createWorld()
  const chart = chartWithRecord(world)
  const doctor = enrolAs(world, 'practitioner', south)
  const suspension = { account: doctor.id, status: 'suspended' as const }
  world.run(setStatus.kind, setStatus.payload, suspension, south)
  assert.is(grant(world, chart, 'yes', doctor), 'consent.unknown-grantee')
  assert.is(grant(world, chart, 'no', doctor, { isDeny: true }), 'ok')
  assert.is(decide(world, doctor, chart), 'identity.suspended')
  assert.is(decide(world, doctor, registerChart(world, 'other', north)), 'identity.suspended')
})

test('no grant opens an emergency or the patient’s own request', () => {
  const world = createWorld()
  const chart = chartWithRecord(world)
  assert.is(grant(world, chart, 'all', south, { purposes: ['TREAT', 'BTG', 'PATRQT'] }), 'ok')
  const codes = (['TREAT', 'BTG', 'PATRQT'] as const).map((purpose) => decide(world, south, chart, purpose))
  assert.equal(codes, ['permit', 'consent.purpose', 'consent.purpose'])
  assert.is(decide(world, chart, chart, 'PATRQT'), 'permit')
})

test('a new epoch with the key of the last one shuts nobody out and is refused', () => {
  const world = createWorld()
  const chart = registerChart(world, 'chart', north)
  const open = (epochKey: Uint8Array) =>
    codeOf(world.run(openEpoch.kind, openEpoch.payload, { epochKey }, chart))
  assert.is(open(chart.sealingKey), 'identity.same-epoch-key')
  assert.is(open(fakeBytes('next')), 'ok')
  assert.is(open(fakeBytes('next')), 'identity.same-epoch-key')
})

test('a grant for research gives nobody write access', () => {
  const world = createWorld()
  const chart = chartWithRecord(world)
  const research = { purposes: ['HRESCH'], broker: north.id, mode: 'read-write' as const }
  assert.is(grant(world, chart, 'study', institute, research), 'consent.purposes')
})

test('a party has room for new grants as long as old ones end, and a decision costs the same after many', () => {
  const world = createWorld()
  const chart = chartWithRecord(world)
  for (let index = 0; index < 1500; index++)
    assert.is(grant(world, chart, `g${index}`, party('south'), { untilMs: world.now() + 100_000 }), 'ok')
  assert.is(grant(world, chart, 'not-south', south, { isDeny: true }), 'ok')
  assert.is(decide(world, south, chart), 'consent.denied')
  const started = performance.now()
  for (let round = 0; round < 20; round++) assert.is(decide(world, north, chart), 'permit')
  assert.ok(performance.now() - started < 200)
})

test('a party with too many grants in force gets no further one', () => {
  const world = createWorld()
  const chart = chartWithRecord(world)
  for (let index = 0; index < 128; index++) assert.is(grant(world, chart, `g${index}`, south), 'ok')
  assert.is(grant(world, chart, 'more', south), 'consent.too-many')
  assert.is(grant(world, chart, 'more', institute), 'ok')
})

test('a chart is never an account as well, so that no sponsor can suspend it', () => {
  const world = createWorld()
  const chart = registerChart(world, 'chart', north)
  const enrolment = { role: 'practitioner' as const, ...chart }
  assert.is(codeOf(world.run(enrol.kind, enrol.payload, enrolment, north, chart)), 'identity.exists')
  const person = enrolAs(world, 'guardian', north)
  assert.throws(() => registerChart(world, `guardian of ${north.id.join()}`, north), /identity.exists/)
  assert.is(decide(world, person, chart), 'consent.none')
})

test('nobody signs a transaction but the sender and whom it brings in: two charts would be linked', () => {
  const world = createWorld()
  const chart = registerChart(world, 'chart', north)
  const other = registerChart(world, 'other', north)
  const outcome = world.run(
    'consent.grant',
    grantTermsSchema,
    terms(world, 'g', chart.id, south),
    chart,
    other,
  )
  assert.is(codeOf(outcome), 'tx.needless-signer')
})

test.run()
