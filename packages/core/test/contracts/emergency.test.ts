// Break-glass on the chain: who may declare, what then opens, how it ends, who reviews (docs/spec/emergency.md).
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type AccessMode, grantTermsSchema, type Purpose } from '../../src/access/index.ts'
import {
  anchoringSchema,
  batchIdOf,
  CO_SIGN_MS,
  custodianShares,
  DECLARATIONS_PER_PERSON_MAX,
  decideAccess,
  EMERGENCY_CUSTODIANS_MAX,
  EMERGENCY_MS_MAX,
  emergencies,
  emergenciesOf,
  emergencyCustodiansOf,
  emergencyThreshold,
  openEpoch,
  positionKey,
  REVIEW_MS,
  recordIdOf,
  reviewOfEmergency,
  setStatus,
  stateOfEmergency,
} from '../../src/contracts/index.ts'
import { codeOf, createEmergencyWorld } from './emergency-world.ts'
import { fakeBytes, type Party, party, registerChart, terms } from './world.ts'

const nonce = fakeBytes('batch', 16)

/** A chart that is open to emergencies, with one record that north wrote, and a doctor elsewhere. */
const scene = () => {
  const made = createEmergencyWorld()
  const { world, north, south, chart } = made
  const anchor = {
    commitment: fakeBytes('c'),
    ciphertextDigest: fakeBytes('d'),
    envelopeDigest: fakeBytes('e'),
  }
  const batchId = batchIdOf(chart.id, north.id, nonce)
  const anchoring = { chart: chart.id, batchId, nonce, epoch: 0, anchors: [anchor] }
  assert.is(codeOf(world.run('records.anchor', anchoringSchema, anchoring, north)), 'ok')
  assert.is(made.prepare(chart), 'ok')
  const decide = (actor: Party, purpose: Purpose = 'BTG', mode: AccessMode = 'read') =>
    decideAccess(made.view(), {
      actor: actor.id,
      chart: chart.id,
      recordId: mode === 'read' ? recordIdOf(batchId, 0) : undefined,
      purpose,
      mode,
      timeMs: world.now(),
      scopeProof: undefined,
    })
  return {
    ...made,
    decide,
    doctor: made.enrolAs('doctor', 'practitioner', south),
    colleague: made.enrolAs('colleague', 'practitioner', south),
    distant: made.enrolAs('distant', 'practitioner', north),
  }
}

test('a declaration opens reading for BTG to the declarer alone, until it is closed', () => {
  const { doctor, colleague, south, chart, declare, decide, close } = scene()
  assert.is(decide(doctor).code, 'consent.none')
  const { code, id } = declare(doctor, chart)
  assert.is(code, 'ok')
  const decision = decide(doctor)
  assert.equal([decision.code, decision.basis, decision.reference], ['permit', 'emergency', id])
  assert.is(decide(colleague).code, 'consent.none')
  assert.is(decide(south).code, 'consent.none')
  for (const purpose of ['TREAT', 'HPAYMT', 'HOPERAT', 'HRESCH', 'PATRQT'] as const)
    assert.is(decide(doctor, purpose).code, 'consent.none', purpose)
  assert.is(decide(doctor, 'BTG', 'write').code, 'consent.none')
  assert.is(decide(doctor, 'BTG', 'deidentified').code, 'consent.none')
  assert.is(close(colleague, id), 'emergency.unknown')
  assert.is(close(doctor, id), 'ok')
  assert.is(decide(doctor).code, 'emergency.closed')
  assert.is(close(doctor, id), 'emergency.ended')
})

test('an emergency ends by time, by the patient, and with the declarer’s account', () => {
  const { doctor, chart, south, world, declare, decide, close } = scene()
  declare(doctor, chart, { durationMs: 60_000 })
  assert.is(decide(doctor).code, 'permit')
  world.advance(60_000)
  assert.is(decide(doctor).code, 'emergency.expired')
  const second = declare(doctor, chart)
  assert.is(decide(doctor).code, 'permit')
  assert.is(close(chart, second.id), 'ok')
  assert.is(decide(doctor).code, 'emergency.closed')
  declare(doctor, chart)
  world.run(setStatus.kind, setStatus.payload, { account: doctor.id, status: 'suspended' as const }, south)
  assert.is(decide(doctor).code, 'identity.suspended')
})

test('who may not declare, and what', () => {
  const { doctor, chart, north, south, enrolAs, declare, world } = scene()
  const institute = party('institute')
  const closedChart = registerChart(world, 'never prepared', north)
  const steps: readonly [string, Party, Party, object, string][] = [
    ['an institution', south, chart, {}, 'emergency.not-clinician'],
    ['a researcher', enrolAs('r', 'researcher', south), chart, {}, 'emergency.not-clinician'],
    ['a device', enrolAs('d', 'device', south), chart, {}, 'emergency.not-clinician'],
    ['a guardian', enrolAs('g', 'guardian', south), chart, {}, 'emergency.not-clinician'],
    [
      'of a research institute',
      enrolAs('i', 'practitioner', institute),
      chart,
      {},
      'emergency.not-clinician',
    ],
    ['the patient', chart, chart, {}, 'emergency.not-clinician'],
    ['a chart that is not prepared', doctor, closedChart, {}, 'emergency.opted-out'],
    ['a chart that does not exist', doctor, party('nobody'), {}, 'emergency.opted-out'],
    ['too long', doctor, chart, { durationMs: EMERGENCY_MS_MAX + 1 }, 'emergency.duration'],
    ['too short', doctor, chart, { durationMs: 1 }, 'emergency.duration'],
    ['co-signed by the declarer', doctor, chart, { coSigner: doctor.id }, 'emergency.co-signer'],
    ['co-signed by an institution', doctor, chart, { coSigner: south.id }, 'emergency.co-signer'],
    ['co-signed by nobody known', doctor, chart, { coSigner: fakeBytes('x') }, 'emergency.co-signer'],
    ['as it should be', doctor, chart, {}, 'ok'],
    ['twice', doctor, chart, {}, 'emergency.exists'],
  ]
  for (const [what, declarer, of, changes, code] of steps)
    assert.is(declare(declarer, of, changes).code, code, what)
})

test('opting out ends what is in force, takes the shares off the chain, and refuses the next', () => {
  const { doctor, chart, view, declare, decide, optOut, prepare, world, preparation } = scene()
  assert.is(codeOf(world.run(openEpoch.kind, openEpoch.payload, { epochKey: fakeBytes('e1') }, chart)), 'ok')
  assert.is(prepare(chart, preparation(chart, 1)), 'ok')
  declare(doctor, chart)
  assert.is(optOut(chart), 'ok')
  assert.is(decide(doctor).code, 'emergency.opted-out')
  for (const epoch of [0, 1]) assert.is(view().get(custodianShares, chart.id, positionKey(epoch)), undefined)
  assert.is(declare(doctor, chart).code, 'emergency.opted-out')
  assert.is(optOut(doctor), 'identity.not-chart')
})

test('a ban on BTG stands above an emergency', () => {
  const { doctor, chart, world, declare, decide } = scene()
  declare(doctor, chart)
  const ban = terms(world, 'ban', chart.id, doctor, { purposes: ['BTG'], isDeny: true })
  assert.is(codeOf(world.run('consent.grant', grantTermsSchema, ban, chart)), 'ok')
  assert.is(decide(doctor).code, 'consent.denied')
})

test('a named co-signer has to confirm, in time', () => {
  const { doctor, colleague, distant, chart, world, declare, decide, coSign, view } = scene()
  const { code, id } = declare(doctor, chart, { coSigner: colleague.id })
  assert.is(code, 'ok')
  assert.is(decide(doctor).code, 'emergency.awaiting')
  assert.is(coSign(distant, id), 'emergency.unknown')
  assert.is(coSign(doctor, id), 'emergency.unknown')
  assert.is(coSign(colleague, id), 'ok')
  assert.is(coSign(colleague, id), 'emergency.co-signed')
  assert.is(decide(doctor).code, 'permit')
  assert.equal(
    emergenciesOf(view(), colleague.id, 10).map((each) => each.id),
    [id],
  )
  world.advance(3_600_000)
  const late = declare(doctor, chart, { coSigner: colleague.id })
  world.advance(CO_SIGN_MS)
  assert.is(coSign(colleague, late.id), 'emergency.ended')
  assert.is(decide(doctor).code, 'emergency.expired')
  const emergency = view().get(emergencies, late.id)
  assert.is(emergency && stateOfEmergency(emergency, world.now()), 'lapsed')
})

test('over the day’s limit a co-signer of another institution is demanded, who is within it', () => {
  const { doctor, colleague, distant, chart, world, declare, coSign, close } = scene()
  for (let each = 0; each < DECLARATIONS_PER_PERSON_MAX; each++)
    assert.is(close(doctor, declare(doctor, chart).id), 'ok')
  assert.is(declare(doctor, chart).code, 'emergency.limit')
  assert.is(declare(doctor, chart, { coSigner: colleague.id }).code, 'emergency.limit')
  for (let each = 0; each < DECLARATIONS_PER_PERSON_MAX; each++) {
    const { id } = declare(doctor, chart, { coSigner: distant.id })
    assert.is(coSign(distant, id), 'ok')
    assert.is(close(doctor, id), 'ok')
  }
  assert.is(declare(doctor, chart, { coSigner: distant.id }).code, 'emergency.co-signer-limit')
  world.advance(86_400_000)
  assert.is(declare(doctor, chart).code, 'ok')
})

test('naming a co-signer who never confirms uses up nobody’s day but the declarer’s', () => {
  const { doctor, colleague, distant, south, chart, world, enrolAs, declare, coSign, close } = scene()
  for (let each = 0; each < DECLARATIONS_PER_PERSON_MAX; each++)
    assert.is(close(doctor, declare(doctor, chart, { coSigner: distant.id }).id), 'ok')
  assert.is(declare(doctor, chart, { coSigner: distant.id }).code, 'emergency.unconfirmed')
  assert.is(close(distant, declare(distant, chart).id), 'ok', 'the one who was named treats on')
  for (let doctors = 1; doctors < 10; doctors++) {
    const other = enrolAs(`doctor ${doctors}`, 'practitioner', south)
    for (let each = 0; each < DECLARATIONS_PER_PERSON_MAX; each++)
      assert.is(close(other, declare(other, chart).id), 'ok')
  }
  assert.is(close(colleague, declare(colleague, chart).id), 'ok', 'their institution too')
  world.advance(86_400_000)
  const late = declare(doctor, chart, { coSigner: distant.id })
  assert.is(coSign(distant, late.id), 'ok')
})

test('who has used up the day does not co-sign, nor do colleagues once their institution has', () => {
  const { doctor, colleague, distant, south, chart, enrolAs, declare, coSign, close } = scene()
  const { id } = declare(doctor, chart, { coSigner: distant.id })
  for (let each = 0; each < DECLARATIONS_PER_PERSON_MAX; each++)
    assert.is(close(distant, declare(distant, chart).id), 'ok')
  assert.is(coSign(distant, id), 'emergency.co-signer-limit')
  assert.is(close(doctor, id), 'ok')
  const second = declare(doctor, chart, { coSigner: colleague.id })
  for (let doctors = 0; doctors < 10; doctors++) {
    const other = enrolAs(`doctor ${doctors}`, 'practitioner', south)
    for (let each = 0; each < DECLARATIONS_PER_PERSON_MAX; each++)
      assert.is(close(other, declare(other, chart).id), 'ok')
  }
  assert.is(coSign(colleague, second.id), 'emergency.limit')
})

test('all of one institution together have a limit too', () => {
  const { chart, south, enrolAs, declare, close } = scene()
  for (let doctors = 0; doctors < 10; doctors++) {
    const doctor = enrolAs(`doctor ${doctors}`, 'practitioner', south)
    for (let each = 0; each < DECLARATIONS_PER_PERSON_MAX; each++)
      assert.is(close(doctor, declare(doctor, chart).id), 'ok')
  }
  assert.is(declare(enrolAs('one more', 'practitioner', south), chart).code, 'emergency.limit')
})

test('a review comes from a privacy officer or the institution, never from who had part in it', () => {
  const { doctor, colleague, chart, north, south, view, enrolAs, appoint, declare, coSign, close, review } =
    scene()
  const officer = enrolAs('officer', 'practitioner', south)
  const homeOfficer = enrolAs('officer of the home', 'researcher', north)
  const { id } = declare(doctor, chart, { coSigner: colleague.id })
  assert.is(review(south, id), 'emergency.in-force')
  assert.is(coSign(colleague, id), 'ok')
  assert.is(review(south, id), 'emergency.in-force')
  assert.is(close(doctor, id), 'ok')
  assert.is(appoint(north, officer), 'emergency.officer')
  assert.is(appoint(doctor, officer), 'emergency.officer')
  for (const someone of [officer, doctor, colleague]) assert.is(appoint(south, someone), 'ok')
  for (const [reviewer, code] of [
    [doctor, 'emergency.not-reviewer'],
    [colleague, 'emergency.not-reviewer'],
    [chart, 'emergency.not-reviewer'],
    [homeOfficer, 'emergency.not-reviewer'],
    [party('institute'), 'emergency.not-reviewer'],
    [officer, 'ok'],
    [north, 'emergency.reviewed'],
  ] as const)
    assert.is(review(reviewer, id), code)
  const second = declare(doctor, chart)
  assert.is(close(chart, second.id), 'ok')
  assert.is(appoint(north, homeOfficer), 'ok')
  assert.is(review(homeOfficer, second.id, false), 'ok')
  const emergency = view().get(emergencies, second.id)
  assert.is(emergency && reviewOfEmergency(emergency, 0), 'unjustified')
  const third = declare(doctor, chart)
  close(doctor, third.id)
  assert.is(appoint(south, officer, false), 'ok')
  assert.is(review(officer, third.id), 'emergency.not-reviewer')
})

test('an overdue review demands a co-signer and refuses no patient', () => {
  const { doctor, colleague, south, chart, world, declare, close, review } = scene()
  const { id } = declare(doctor, chart)
  close(doctor, id)
  world.advance(REVIEW_MS - 10_000)
  const inTime = declare(doctor, chart)
  assert.is(inTime.code, 'ok')
  close(doctor, inTime.id)
  world.advance(10_000)
  assert.is(declare(doctor, chart).code, 'emergency.review-overdue')
  const coSigned = declare(doctor, chart, { coSigner: colleague.id })
  assert.is(coSigned.code, 'ok')
  close(doctor, coSigned.id)
  assert.is(review(south, id), 'ok')
  assert.is(declare(doctor, chart).code, 'ok')
})

test('what nobody co-signed opened nothing and needs no review', () => {
  const { doctor, colleague, south, chart, world, declare, review } = scene()
  const { id } = declare(doctor, chart, { coSigner: colleague.id })
  world.advance(REVIEW_MS + CO_SIGN_MS)
  assert.is(review(south, id), 'emergency.never-opened')
  assert.is(declare(doctor, chart).code, 'ok')
})

test('shares are prepared for the custodians that chart, epoch and members lead to', () => {
  const { chart, doctor, prepare, preparation } = scene()
  const { shares, threshold } = preparation(chart)
  assert.equal([shares.length, threshold], [4, 3])
  assert.is(prepare(doctor, preparation(chart)), 'identity.not-chart')
  assert.is(prepare(chart, { epoch: 1 }), 'emergency.epoch')
  assert.is(prepare(chart, { threshold: 2 }), 'emergency.custodians')
  assert.is(prepare(chart, { shares: shares.slice(1) }), 'emergency.custodians')
  assert.is(prepare(chart, { shares: shares.toReversed() }), 'emergency.custodians')
})

test('custodians: at most seven, the same for everybody; a third may be missing and cannot open', () => {
  const institutions = Array.from({ length: 20 }, (_, index) => fakeBytes(`institution ${index}`))
  const chosen = emergencyCustodiansOf(fakeBytes('chart'), 3, institutions)
  assert.is(chosen.length, EMERGENCY_CUSTODIANS_MAX)
  assert.equal(emergencyCustodiansOf(fakeBytes('chart'), 3, institutions.toReversed()), chosen)
  assert.not.equal(emergencyCustodiansOf(fakeBytes('chart'), 4, institutions), chosen)
  // Whoever was not chosen may leave and nothing changes.
  const stayed = institutions.filter((id) => chosen.includes(id))
  assert.equal(emergencyCustodiansOf(fakeBytes('chart'), 3, stayed), chosen)
  for (let count = 4; count <= EMERGENCY_CUSTODIANS_MAX; count++) {
    const missing = Math.floor((count - 1) / 3)
    const threshold = emergencyThreshold(count)
    assert.ok(missing >= 1 && count - missing >= threshold && threshold > missing && threshold > 1)
  }
})

test.run()
