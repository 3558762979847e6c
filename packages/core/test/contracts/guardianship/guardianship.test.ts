import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { grantTermsSchema } from '../../../src/access/index.ts'
import {
  grantGivers,
  grants,
  guardianshipsOfChart,
  openEpoch,
  revokeGrant,
  setStatus,
} from '../../../src/contracts/index.ts'
import { fakeBytes } from '../world.ts'
import { codeOf, createGuardedWorld, DAY_MS, north, south } from './guarded-world.ts'

test('G1: the chart alone appoints, within bounds', () => {
  const world = createGuardedWorld()
  const { mother, doctor, chart, termsOf, appoint } = world
  const now = world.now()
  const cases = [
    ['by the guardian itself', termsOf('a', mother), mother, 'guardian.not-chart'],
    ['by an institution', termsOf('a', mother), north, 'guardian.not-chart'],
    ['a practitioner', termsOf('a', doctor), chart, 'guardian.unknown'],
    ['nobody known', termsOf('a', { ...mother, id: fakeBytes('nobody') }), chart, 'guardian.unknown'],
    ['another id', { ...termsOf('a', mother), guardianshipId: fakeBytes('other') }, chart, 'guardian.id'],
    ['no time', termsOf('a', mother, { untilMs: now }), chart, 'guardian.period'],
    ['past majority', termsOf('a', mother, { untilMs: now + 22 * 366 * DAY_MS }), chart, 'guardian.period'],
    ['a court without an order', termsOf('a', mother, { kind: 'court' }), chart, 'guardian.document'],
    [
      'a parent with one',
      termsOf('a', mother, { documentHash: fakeBytes('order') }),
      chart,
      'guardian.document',
    ],
  ] as const
  for (const [what, terms, sender, code] of cases) is(appoint(terms, sender), code, what)
  is(appoint(termsOf('a', mother)), 'ok')
  is(appoint(termsOf('b', mother)), 'guardian.exists')
  is(appoint(termsOf('c', world.uncle, { kind: 'court', documentHash: fakeBytes('order') })), 'ok')
  equal(
    guardianshipsOfChart(world.view(), chart.id).map(({ kind }) => kind),
    ['parent', 'court'],
  )
})

test('G3, G4: a guardian in force reads in the patient’s place, audited as one; nobody else does by it', () => {
  const world = createGuardedWorld()
  const { mother, stranger, read, termsOf } = world
  is(read(mother).code, 'consent.none')
  const terms = termsOf('a', mother, { fromMs: world.now() + 10 * 1000 })
  world.appoint(terms)
  is(read(mother).code, 'guardian.not-yet')
  world.advance(10_000)
  equal([read(mother).code, read(mother).basis], ['permit', 'guardian'])
  equal(read(mother).reference, terms.guardianshipId)
  is(read(mother, 'TREAT').code, 'permit')
  is(read(mother, 'HPAYMT').code, 'consent.purpose')
  is(read(mother, 'BTG').code, 'consent.purpose')
  is(read(stranger).code, 'consent.none')
  world.advance(30 * DAY_MS)
  is(read(mother).code, 'guardian.expired')
})

test('G4: what the patient forbade a guardian stays forbidden', () => {
  const world = createGuardedWorld()
  const { mother, chart, read, termsOf } = world
  world.appoint(termsOf('a', mother))
  const ban = world.grantTerms('ban', mother, { isDeny: true, purposes: ['PATRQT'] })
  is(codeOf(world.run('consent.grant', grantTermsSchema, ban, chart)), 'ok')
  is(read(mother).code, 'consent.denied')
})

test('G5: the patient or the guardian ends it for good; others cannot', () => {
  const world = createGuardedWorld()
  const { mother, uncle, chart, read, termsOf, appoint, end } = world
  const terms = termsOf('a', mother)
  appoint(terms)
  appoint(termsOf('b', uncle))
  is(end(terms.guardianshipId, uncle), 'guardian.none')
  is(end(terms.guardianshipId, north), 'guardian.none')
  is(end(terms.guardianshipId, mother), 'ok')
  is(end(terms.guardianshipId, chart), 'guardian.ended')
  is(read(mother).code, 'guardian.ended')
  is(appoint(termsOf('c', mother)), 'ok', 'the patient appoints anew')
  is(read(mother).code, 'permit')
})

test('MedRec’s hole: nobody but the patient brings a removed guardian back, itself least of all', () => {
  const world = createGuardedWorld()
  const { mother, uncle, stranger, doctor, chart, read, termsOf, appoint, end } = world
  const terms = termsOf('a', mother)
  appoint(terms)
  appoint(termsOf('b', uncle))
  is(end(terms.guardianshipId, chart), 'ok')
  for (const sender of [mother, uncle, stranger, doctor, north, south]) {
    is(appoint(terms, sender), 'guardian.not-chart')
    is(appoint(termsOf('again', mother), sender), 'guardian.not-chart')
    is(
      world.grantFor(world.grantTerms('to her', mother), sender),
      sender === uncle ? 'guardian.deputy' : sender === mother ? 'guardian.ended' : 'guardian.none',
    )
  }
  is(appoint(terms), 'guardian.exists', 'not even the old appointment again')
  is(read(mother).code, 'guardian.ended')
})

test('G6: a chart kept to the patient is closed to every guardian, before and after', () => {
  const world = createGuardedWorld()
  const { mother, uncle, doctor, chart, read, termsOf, appoint, reserve } = world
  appoint(termsOf('a', mother))
  is(reserve(true, mother), 'guardian.not-chart')
  is(reserve(true), 'ok')
  is(reserve(true), 'guardian.unchanged')
  is(read(mother).code, 'guardian.reserved')
  is(world.grantFor(world.grantTerms('g', doctor), mother), 'guardian.reserved')
  is(world.revokeFor(fakeBytes('g'), mother), 'guardian.reserved')
  is(appoint(termsOf('b', uncle)), 'guardian.reserved')
  is(read(chart).code, 'permit')
  is(reserve(false), 'ok')
  is(read(mother).code, 'permit')
})

test('G7: a proxy acts once two different clinicians in good standing have stated incapacity', () => {
  const world = createGuardedWorld()
  const { uncle, mother, analyst, doctor, surgeon, nurse, read, termsOf, appoint, state } = world
  const { guardianshipId } = termsOf('a', uncle)
  is(appoint(termsOf('a', uncle, { kind: 'proxy' })), 'ok')
  is(appoint(termsOf('p', mother)), 'ok')
  is(read(uncle).code, 'guardian.not-activated')
  is(world.grantFor(world.grantTerms('g', doctor), uncle), 'guardian.not-activated')
  is(state(guardianshipId, uncle), 'guardian.not-clinician')
  is(state(guardianshipId, north), 'guardian.not-clinician')
  is(state(guardianshipId, analyst), 'guardian.not-clinician', 'of no care institution')
  is(state(fakeBytes('none'), doctor), 'guardian.none')
  is(state(termsOf('p', mother).guardianshipId, doctor), 'guardian.none', 'a parent needs none')
  is(state(guardianshipId, doctor, false), 'guardian.unchanged')
  is(state(guardianshipId, doctor), 'ok')
  is(state(guardianshipId, doctor), 'guardian.unchanged', 'one clinician counts once')
  is(read(uncle).code, 'guardian.not-activated')
  is(state(guardianshipId, surgeon), 'ok')
  is(read(uncle).code, 'permit')
  const suspended = { account: surgeon.id, status: 'suspended' as const }
  is(codeOf(world.run(setStatus.kind, setStatus.payload, suspended, north)), 'ok')
  is(read(uncle).code, 'guardian.not-activated', 'the word of a suspended clinician does not count')
  is(state(guardianshipId, surgeon), 'identity.suspended')
  is(state(guardianshipId, nurse), 'ok')
  is(read(uncle).code, 'permit')
  is(state(guardianshipId, doctor, false), 'ok')
  is(read(uncle).code, 'guardian.not-activated', 'a statement can be taken back')
  world.advance(31 * DAY_MS)
  is(state(guardianshipId, doctor), 'guardian.ended')
})

test('G8: a guardian grants within its part, and the chain says who gave it', () => {
  const world = createGuardedWorld()
  const { mother, uncle, stranger, doctor, read, termsOf, grantFor, grantTerms } = world
  const terms = termsOf('a', mother)
  world.appoint(terms)
  const late = { untilMs: terms.untilMs + 1 }
  is(grantFor(grantTerms('late', doctor, late), mother), 'guardian.scope')
  const research = { purposes: ['HRESCH' as const], broker: north.id }
  is(grantFor(grantTerms('study', doctor, research), mother), 'guardian.scope')
  for (const other of [mother, uncle, stranger])
    is(grantFor(grantTerms('deputy', other), mother), 'guardian.deputy')
  is(grantFor(grantTerms('g', doctor), stranger), 'guardian.none')
  is(grantFor(grantTerms('g', doctor, { termsDigest: fakeBytes('other') }), mother), 'consent.grant-id')
  const given = grantTerms('g', doctor)
  is(grantFor(given, mother), 'ok')
  equal(world.view().get(grantGivers, given.grantId), mother.id)
  is(read(doctor, 'TREAT').code, 'permit')
  world.advance(31 * DAY_MS)
  is(grantFor(grantTerms('after', doctor), mother), 'guardian.expired')
  is(read(doctor, 'TREAT').code, 'consent.expired')
})

test('G8: what a guardian gave ends with it, whoever ends it; its prohibitions and what others gave stay', () => {
  for (const byPatient of [true, false]) {
    const world = createGuardedWorld()
    const { mother, uncle, doctor, chart, read, termsOf, grantFor, grantTerms, revokeFor } = world
    const [first, second] = [termsOf('a', mother), termsOf('b', uncle, { kind: 'parent' })]
    for (const each of [first, second]) is(world.appoint(each), 'ok')
    const given = grantTerms('g', doctor)
    const lifted = grantTerms('lifted', doctor, { purposes: ['HPAYMT'] })
    const others = grantTerms('others', doctor, { purposes: ['HOPERAT'] })
    const ban = grantTerms('ban', north, { isDeny: true })
    for (const each of [given, lifted, ban]) is(grantFor(each, mother), 'ok')
    is(grantFor(others, uncle), 'ok')
    is(revokeFor(lifted.grantId, mother), 'ok')
    is(world.end(first.guardianshipId, byPatient ? chart : mother), 'ok')
    is(read(doctor, 'TREAT').code, 'consent.purpose')
    is(read(doctor, 'HOPERAT').code, 'permit')
    const at = (grantId: Uint8Array) => world.view().get(grants, grantId)?.revokedHeight
    ok(at(given.grantId) !== undefined)
    equal(at(ban.grantId), undefined)
    ok((at(lifted.grantId) ?? 0) < (at(given.grantId) ?? 0), 'what was revoked before keeps its height')
    // Whoever wants it to go on gives it in their own name.
    is(codeOf(world.run('consent.grant', grantTermsSchema, grantTerms('again', doctor), chart)), 'ok')
    is(read(doctor, 'TREAT').code, 'permit')
  }
})

test('G9: a guardian revokes grants, never what the patient forbade', () => {
  const world = createGuardedWorld()
  const { mother, stranger, doctor, chart, read, termsOf, grantTerms, grantFor, revokeFor } = world
  world.appoint(termsOf('a', mother))
  const ban = grantTerms('ban', south, { isDeny: true })
  const consent = grantTerms('consent', doctor, { purposes: ['HPAYMT'] })
  for (const each of [ban, consent])
    is(codeOf(world.run('consent.grant', grantTermsSchema, each, chart)), 'ok')
  is(revokeFor(ban.grantId, mother), 'guardian.scope')
  is(revokeFor(consent.grantId, stranger), 'guardian.none')
  is(revokeFor(fakeBytes('none'), mother), 'consent.unknown-grant')
  is(revokeFor(consent.grantId, mother), 'ok')
  is(read(doctor, 'HPAYMT').code, 'consent.revoked')
  const own = grantTerms('own', doctor, { isDeny: true })
  is(grantFor(own, mother), 'ok')
  is(revokeFor(own.grantId, mother), 'ok', 'its own prohibition it may lift')
})

test('a guardian’s signature stands for the chart in none of the chart’s own transactions', () => {
  const world = createGuardedWorld()
  const { mother, doctor, chart } = world
  world.appoint(world.termsOf('a', mother))
  const grant = world.grantTerms('g', doctor)
  is(codeOf(world.run('consent.grant', grantTermsSchema, grant, chart)), 'ok')
  is(
    codeOf(world.run('consent.grant', grantTermsSchema, world.grantTerms('h', doctor), mother)),
    'consent.not-chart',
  )
  is(
    codeOf(world.run(revokeGrant.kind, revokeGrant.payload, { grantId: grant.grantId }, mother)),
    'consent.unknown-grant',
  )
  const epoch = { epochKey: fakeBytes('epoch') }
  is(codeOf(world.run(openEpoch.kind, openEpoch.payload, epoch, mother)), 'identity.not-chart')
})

test.run()
