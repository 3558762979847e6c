// Emergencies declared while the chain stood still, as they come onto it afterwards (docs/spec/emergency.md BG11 to BG13).
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  accountRotationMessage,
  anchorEmergency,
  anchoredDeclarations,
  checkHaltedDeclaration,
  countOfDay,
  DECLARATIONS_PER_INSTITUTION_MAX,
  DECLARATIONS_PER_PERSON_MAX,
  declareEmergency,
  EMERGENCY_MS_MAX,
  emergencies,
  emergenciesOf,
  type HaltedDeclaration,
  haltedDeclarationId,
  haltedDeclarationMessage,
  hasOverdueReview,
  newestEmergency,
  REVIEW_MS,
  rotateAccount,
  type SignedHaltedDeclaration,
  setStatus,
  stateOfEmergency,
} from '../../src/contracts/index.ts'
import { codeOf, createEmergencyWorld } from './emergency-world.ts'
import { fakeBytes, modelSign, type Party, party } from './world.ts'

const HOUR_MS = 3_600_000

const scene = () => {
  const made = createEmergencyWorld()
  const { world, south, north, chart } = made
  assert.is(made.prepare(chart), 'ok')
  const doctor = made.enrolAs('doctor', 'practitioner', south)
  const colleague = made.enrolAs('colleague', 'practitioner', south)
  const distant = made.enrolAs('distant', 'practitioner', north)
  const { networkId } = world.context()
  const declaration: HaltedDeclaration = {
    version: 1,
    networkId,
    declarer: doctor.id,
    coSigner: colleague.id,
    chart: chart.id,
    nonce: fakeBytes('halted', 16),
    reason: 'unconscious',
    detailsDigest: fakeBytes('details'),
    durationMs: HOUR_MS,
    height: world.context().height - 1,
    timeMs: world.now() + 60_000,
  }
  const signed = (
    changes: Partial<HaltedDeclaration> = {},
    [first, second]: readonly [Party, Party] = [doctor, colleague],
  ): SignedHaltedDeclaration => {
    const whole = { ...declaration, ...changes }
    const by = ({ signingKey }: Party) => ({
      signingKey,
      signature: modelSign(signingKey, haltedDeclarationMessage(whole)),
    })
    return { declaration: whole, byDeclarer: by(first), byCoSigner: by(second) }
  }
  const anchor = (given: SignedHaltedDeclaration, by: Party = south) =>
    codeOf(world.run(anchorEmergency.kind, anchorEmergency.payload, given, by))
  const check = (changes: Partial<HaltedDeclaration> = {}, accepted = 0, of: Party = doctor) =>
    codeOf(
      checkHaltedDeclaration(
        made.view(),
        { ...declaration, ...changes },
        {
          wallMs: world.now(),
          acceptedOf: (id) => (Buffer.from(id).equals(Buffer.from(of.id)) ? accepted : 0),
        },
      ),
    )
  return { ...made, doctor, colleague, distant, declaration, signed, anchor, check }
}

test('the last committed state decides on a declaration in a halt', () => {
  const { check, colleague, distant, doctor, south, chart, optOut, enrolAs } = scene()
  const nurse = enrolAs('auditor', 'researcher', south)
  assert.is(check(), 'ok')
  assert.is(check({ coSigner: doctor.id }), 'emergency.co-signer')
  assert.is(check({ coSigner: distant.id }), 'emergency.co-signer')
  assert.is(check({ coSigner: nurse.id }), 'emergency.co-signer')
  assert.is(check({ declarer: nurse.id }), 'emergency.not-clinician')
  assert.is(check({ durationMs: EMERGENCY_MS_MAX + 1 }), 'emergency.duration')
  assert.is(check({ durationMs: 1 }), 'emergency.duration')
  assert.is(check({}, DECLARATIONS_PER_PERSON_MAX - 1), 'ok')
  assert.is(check({}, DECLARATIONS_PER_PERSON_MAX), 'emergency.limit')
  assert.is(check({}, DECLARATIONS_PER_PERSON_MAX, colleague), 'emergency.co-signer-limit')
  assert.is(check({}, DECLARATIONS_PER_INSTITUTION_MAX - 1, south), 'ok')
  assert.is(check({}, DECLARATIONS_PER_INSTITUTION_MAX, south), 'emergency.limit')
  assert.is(optOut(chart), 'ok')
  assert.is(check(), 'emergency.opted-out')
})

test('a suspended co-signer or declarer is none', () => {
  const { check, world, south, colleague, doctor } = scene()
  const suspend = (account: Party) =>
    codeOf(
      world.run(
        setStatus.kind,
        setStatus.payload,
        { account: account.id, status: 'suspended' as const },
        south,
      ),
    )
  assert.is(suspend(colleague), 'ok')
  assert.is(check(), 'emergency.co-signer')
  assert.is(suspend(doctor), 'ok')
  assert.is(check(), 'emergency.not-clinician')
})

test('what was declared in the halt is anchored once, by any institution: told, counted, over, to be reviewed', () => {
  const { anchor, signed, declaration, world, view, doctor, colleague, south, city, chart } = {
    ...scene(),
    city: party('city'),
  }
  world.advance(2 * HOUR_MS)
  const timeMs = world.now()
  assert.is(anchor(signed(), city), 'ok')
  const id = haltedDeclarationId(declaration)
  const emergency = view().get(emergencies, id)
  assert.equal(
    [emergency?.fromMs, emergency?.untilMs, emergency?.declaredMs],
    [declaration.timeMs, declaration.timeMs + HOUR_MS, declaration.timeMs],
  )
  const { declaredHeight, ...anchored } = view().get(anchoredDeclarations, id) ?? { declaredHeight: -1 }
  assert.is(declaredHeight, declaration.height)
  assert.equal(anchored, {
    by: city.id,
    declaredMs: declaration.timeMs,
    height: world.context().height - 1,
    timeMs,
  })
  for (const { id: of } of [chart, doctor, colleague, south])
    assert.equal(
      emergenciesOf(view(), of, 10).map((each) => each.id),
      [id],
    )
  for (const { id: of } of [doctor, colleague, south]) assert.is(countOfDay(view(), of, timeMs), 1)
  assert.is(hasOverdueReview(view(), doctor.id, declaration.timeMs + REVIEW_MS), true)
  assert.is(anchor(signed(), south), 'emergency.exists')
})

test('no other declaration takes its place: not on the chain, not with another co-signer or other times', () => {
  const { anchor, signed, declaration, world, view, doctor, chart, south, enrolAs } = scene()
  const { nonce, reason, detailsDigest, durationMs } = declaration
  const onChain = { chart: chart.id, nonce, reason, detailsDigest, durationMs, coSigner: undefined }
  assert.is(codeOf(world.run(declareEmergency.kind, declareEmergency.payload, onChain, doctor)), 'ok')
  const third = enrolAs('third', 'practitioner', south)
  const others = [signed(), signed({ coSigner: third.id }, [doctor, third]), signed({ durationMs: 60_000 })]
  for (const other of others) assert.is(anchor(other), 'ok')
  assert.is(emergenciesOf(view(), chart.id, 10).length, 4)
  assert.is(countOfDay(view(), doctor.id, world.now()), 4)
})

test('it opens nothing once blocks come again, however long it was to last', () => {
  const { anchor, signed, declaration, world, view, review, south, doctor, chart, declare } = scene()
  world.advance(120_000)
  const longest = { ...declaration, durationMs: EMERGENCY_MS_MAX }
  assert.is(anchor(signed(longest)), 'ok')
  const id = haltedDeclarationId(longest)
  const emergency = view().get(emergencies, id)
  assert.is(emergency && stateOfEmergency(emergency, world.now()), 'expired')
  assert.is(declare(doctor, chart).code, 'ok')
  assert.is(review(south, id), 'ok')
})

test('an emergency declared since the halt goes on when an older one is anchored', () => {
  const { anchor, signed, world, view, doctor, chart, declare } = scene()
  world.advance(120_000)
  const { id } = declare(doctor, chart)
  assert.is(anchor(signed()), 'ok')
  assert.equal(view().get(newestEmergency, chart.id, doctor.id), id)
})

test('neither a limit, nor a suspension, nor an opt-out, nor a rotation hides what happened', () => {
  const { anchor, signed, world, south, doctor, colleague, chart, optOut } = scene()
  const given = signed()
  world.advance(120_000)
  assert.is(optOut(chart), 'ok')
  const next = party('doctor again')
  const { signingKey, sealingKey } = next
  const { id: _, ...inception } = doctor
  const message = accountRotationMessage(world.context().networkId, doctor.id, next)
  const possession = modelSign(signingKey, message)
  const rotation = { signingKey, sealingKey, inception, possession }
  assert.is(codeOf(world.run(rotateAccount.kind, rotateAccount.payload, rotation, doctor)), 'ok')
  for (const each of [colleague, doctor])
    assert.is(
      codeOf(
        world.run(
          setStatus.kind,
          setStatus.payload,
          { account: each.id, status: 'suspended' as const },
          south,
        ),
      ),
      'ok',
    )
  assert.is(anchor(given), 'ok')
})

test('the declarer’s institution by itself brings no more than it could declare; others bring what they acted on', () => {
  const { anchor, signed, south, city } = { ...scene(), city: party('city') }
  const next = (nonce: number) => signed({ nonce: fakeBytes(`nonce ${nonce}`, 16) })
  for (let count = 0; count < DECLARATIONS_PER_PERSON_MAX; count++)
    assert.is(anchor(next(count), south), 'ok')
  assert.is(anchor(next(100), south), 'emergency.limit')
  assert.is(anchor(next(100), city), 'ok')
})

test('one signature, the same person twice, another institution, a forgery, another network: nothing', () => {
  const { anchor, signed, doctor, colleague, distant, chart } = scene()
  const stranger = party('stranger')
  const { declaration, byDeclarer, byCoSigner } = signed()
  const nothing = { ...byCoSigner, signature: new Uint8Array(64) }
  assert.is(anchor({ declaration, byDeclarer, byCoSigner: nothing }), 'tx.bad-statement')
  assert.is(anchor({ declaration, byDeclarer, byCoSigner: byDeclarer }), 'emergency.halted')
  assert.is(anchor(signed({ coSigner: doctor.id }, [doctor, doctor])), 'emergency.halted')
  assert.is(anchor(signed({}, [doctor, stranger])), 'emergency.halted')
  assert.is(anchor(signed({ coSigner: distant.id }, [doctor, distant])), 'emergency.halted')
  assert.is(
    anchor({ declaration: { ...declaration, chart: fakeBytes('x') }, byDeclarer, byCoSigner }),
    'tx.bad-statement',
  )
  assert.is(anchor(signed({ networkId: fakeBytes('other network') })), 'emergency.halted')
  assert.is(anchor(signed({ chart: fakeBytes('no chart') })), 'emergency.halted')
  assert.is(anchor(signed({ height: 1_000_000 })), 'emergency.halted')
  assert.is(anchor(signed(), chart), 'emergency.not-institution')
  assert.is(anchor(signed(), colleague), 'emergency.not-institution')
  assert.is(anchor(signed()), 'ok')
})

test.run()
