import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { grantTermsSchema, scopeDigestOf, scopeProofOf } from '../../../src/access/index.ts'
import {
  accounts,
  anchoringIn,
  appointGuardian,
  batches,
  batchIdOf,
  DISPUTES_BY_OTHERS_MAX,
  DISPUTES_PER_RECORD_MAX,
  type Disputing,
  decideAccess,
  declareProgram,
  disputeRecord,
  disputesIn,
  erasureOfRecord,
  guardianshipIdOf,
  isErased,
  recordIdOf,
  splitRecordId,
  supersedeRecords,
  withDisputes,
} from '../../../src/contracts/index.ts'
import { encode, equalBytes, unwrap } from '../../../src/encoding/index.ts'
import {
  codeOf,
  createErasureWorld,
  type ErasureWorld,
  north,
  regulator,
  south,
} from '../erasure/erasure-world.ts'
import { fakeBytes, type Party, party, terms } from '../world.ts'

const DAY_MS = 86_400_000

interface Chosen {
  readonly nonce?: string
  readonly chart?: Party
  readonly epoch?: number
}

const disputing = (
  world: ErasureWorld,
  disputed: Uint8Array,
  sender: Party,
  { nonce = 'dispute', chart = world.chart, epoch = 0 }: Chosen = {},
): Disputing => ({
  chart: chart.id,
  batchId: batchIdOf(chart.id, sender.id, fakeBytes(nonce, 16)),
  nonce: fakeBytes(nonce, 16),
  epoch,
  anchors: [
    {
      commitment: fakeBytes(`${nonce}/c`),
      ciphertextDigest: fakeBytes(`${nonce}/d`),
      envelopeDigest: fakeBytes(`${nonce}/e`),
    },
  ],
  disputed,
})

const run = (world: ErasureWorld, payload: Disputing, sender: Party) =>
  world.run(disputeRecord.kind, disputeRecord.payload, payload, sender)

/** The patient, or another, disputes a record; the id of what disputes it. */
const dispute = (
  world: ErasureWorld,
  disputed: Uint8Array,
  sender: Party = world.chart,
  chosen: Chosen = {},
): Uint8Array => {
  const payload = disputing(world, disputed, sender, chosen)
  unwrap(run(world, payload, sender))
  return recordIdOf(payload.batchId, 0)
}

const at = (world: ErasureWorld, index: number): Uint8Array => world.records[index] as Uint8Array

const grant = (world: ErasureWorld, name: string, grantee: Party, changes = {}) =>
  unwrap(
    world.run(
      'consent.grant',
      grantTermsSchema,
      terms(world, name, world.chart.id, grantee, changes),
      world.chart,
    ),
  )

const enrolAs = (world: ErasureWorld, role: 'practitioner' | 'guardian', sponsor: Party): Party => {
  const person = party(`${role} of ${sponsor.id[0]}`)
  const { signingKey, sealingKey } = person
  const rest = { status: 'active', sponsor: sponsor.id, institutionName: undefined } as const
  world.state.view.put(accounts, { role, signingKey, sealingKey, ...rest }, person.id)
  return person
}

/** A guardian of the chart, in force for a day. */
const appoint = (world: ErasureWorld): Party => {
  const guardian = enrolAs(world, 'guardian', north)
  const termsDigest = fakeBytes('guardianship')
  unwrap(
    world.run(
      appointGuardian.kind,
      appointGuardian.payload,
      {
        guardianshipId: guardianshipIdOf(world.chart.id, termsDigest),
        guardian: guardian.id,
        kind: 'parent',
        fromMs: world.now(),
        untilMs: world.now() + DAY_MS,
        documentHash: undefined,
        termsDigest,
      },
      world.chart,
    ),
  )
  return guardian
}

type Step = (world: ErasureWorld) => { ok: boolean; code?: string }
const by =
  (sender: (world: ErasureWorld) => Party, chosen: Chosen = {}): Step =>
  (world) => {
    const who = sender(world)
    return run(world, disputing(world, at(world, 0), who, chosen), who)
  }
const writerAt =
  (sponsor: Party) =>
  (world: ErasureWorld): Party => {
    grant(world, 'write', sponsor, { mode: 'write' })
    return enrolAs(world, 'practitioner', sponsor)
  }

const STEPS: readonly [string, Step, string][] = [
  ['the patient', by(({ chart }) => chart), 'ok'],
  ['a guardian in force', by(appoint), 'ok'],
  [
    'a guardian whose term is over',
    by((world) => {
      const guardian = appoint(world)
      world.advance(DAY_MS)
      return guardian
    }),
    'guardian.expired',
  ],
  ['somebody’s guardian', by((world) => enrolAs(world, 'guardian', north)), 'guardian.none'],
  ['a clinician who may write in the chart', by(writerAt(south)), 'ok'],
  ['the institution that wrote the record', by(() => north), 'records.own-record'],
  ['a clinician of it', by(writerAt(north)), 'records.own-record'],
  [
    'a clinician who may only read',
    by((world) => {
      grant(world, 'read', south)
      return enrolAs(world, 'practitioner', south)
    }),
    'consent.none',
  ],
  ['a stranger', by(() => south), 'consent.none'],
  ['another patient', by(({ other }) => other), 'consent.none'],
  ['another epoch', by(({ chart }) => chart, { epoch: 1 }), 'records.dispute-epoch'],
  [
    'another patient’s record',
    (world) => run(world, disputing(world, world.foreign, world.chart), world.chart),
    'records.unknown-record',
  ],
  [
    'a stranger about a record that is none',
    (world) => run(world, disputing(world, fakeBytes('none', 18), south), south),
    'consent.none',
  ],
  [
    'a dispute',
    (world) => {
      const first = dispute(world, at(world, 0))
      return run(world, disputing(world, first, world.chart, { nonce: 'second' }), world.chart)
    },
    'records.of-dispute',
  ],
  [
    'what is going to be erased',
    (world) => {
      unwrap(world.request([at(world, 0)]))
      return run(world, disputing(world, at(world, 0), world.chart), world.chart)
    },
    'erasure.exists',
  ],
  [
    'the same batch twice',
    (world) => {
      dispute(world, at(world, 0))
      return run(world, disputing(world, at(world, 0), world.chart), world.chart)
    },
    'records.exists',
  ],
  [
    'the id of another’s batch',
    (world) => {
      const given = disputing(world, at(world, 0), world.chart)
      return run(world, { ...given, batchId: fakeBytes('id', 16) }, world.chart)
    },
    'records.batch-id',
  ],
  [
    'no text',
    (world) => run(world, { ...disputing(world, at(world, 0), world.chart), anchors: [] }, world.chart),
    'records.empty',
  ],
  [
    'once too often',
    (world) => {
      for (let count = 0; count < DISPUTES_PER_RECORD_MAX; count++)
        dispute(world, at(world, 0), world.chart, { nonce: `n${count}` })
      return run(world, disputing(world, at(world, 0), world.chart), world.chart)
    },
    'records.dispute-limit',
  ],
  [
    'a clinician of a programme under 42 CFR Part 2',
    (world) => {
      const writer = writerAt(south)(world)
      unwrap(world.run(declareProgram.kind, declareProgram.payload, {}, south))
      return run(world, disputing(world, at(world, 0), writer), writer)
    },
    'records.dispute-part2',
  ],
]

for (const [name, step, code] of STEPS)
  test(`custody C17: a dispute by or of ${name}: ${code}`, () => {
    assert.is(codeOf(step(createErasureWorld())), code)
  })

test('others leave the patient room to dispute', () => {
  const world = createErasureWorld()
  const writer = writerAt(south)(world)
  for (let count = 0; count < DISPUTES_BY_OTHERS_MAX; count++)
    dispute(world, at(world, 0), writer, { nonce: `n${count}` })
  assert.is(codeOf(run(world, disputing(world, at(world, 0), writer), writer)), 'records.dispute-limit')
  assert.ok(dispute(world, at(world, 0)))
})

test('a dispute is a record of its chart that counts as written where the disputed one was', () => {
  const world = createErasureWorld()
  const id = dispute(world, at(world, 1))
  const batch = world.view().get(batches, splitRecordId(id).batchId)
  assert.ok(batch)
  assert.ok(equalBytes(batch.author, world.chart.id))
  assert.ok(equalBytes(batch.institution, north.id))
  const [told] = disputesIn(world.view(), world.chart.id)
  assert.equal([told?.recordId, told?.disputed, told?.author], [id, at(world, 1), world.chart.id])
  assert.equal(withDisputes(world.view(), [at(world, 1)]), [at(world, 1), id])
  const payload = disputing(world, at(world, 1), world.chart)
  const read = anchoringIn({ kind: disputeRecord.kind, payload: encode(disputeRecord.payload, payload) })
  assert.equal(read && unwrap(read), payload)
})

test('whoever may read the record reads what disputes it, and nobody else', () => {
  const world = createErasureWorld()
  const id = dispute(world, at(world, 0))
  assert.is(world.decide(id, south).code, 'consent.none')
  assert.is(world.decide(id, north).basis, 'author')
  const list = [at(world, 0), at(world, 2)]
  grant(world, 'listed', south, { scopeDigest: scopeDigestOf(list) })
  const decide = (recordId: Uint8Array, listed: Uint8Array) =>
    decideAccess(world.view(), {
      actor: south.id,
      chart: world.chart.id,
      recordId,
      purpose: 'TREAT',
      mode: 'read',
      timeMs: world.now(),
      scopeProof: scopeProofOf(list, listed),
    }).code
  assert.is(decide(id, at(world, 0)), 'permit')
  assert.is(decide(id, at(world, 2)), 'consent.none')
  const other = dispute(world, at(world, 1), world.chart, { nonce: 'other' })
  assert.is(decide(other, at(world, 0)), 'consent.none')
})

test('nobody supersedes a dispute, and none takes a record’s place', () => {
  const world = createErasureWorld()
  const id = dispute(world, at(world, 0))
  const supersede = (recordId: Uint8Array, successor?: Uint8Array) =>
    codeOf(
      world.run(
        supersedeRecords.kind,
        supersedeRecords.payload,
        { chart: world.chart.id, records: [{ recordId, successor }] },
        north,
      ),
    )
  assert.is(supersede(id), 'records.not-author')
  assert.is(supersede(at(world, 1), id), 'records.unknown-successor')
})

const isGone = (world: ErasureWorld, recordId: Uint8Array): boolean =>
  isErased(world.view(), recordId, world.now())

test('erasure X11: what disputes a record goes with it, and alone before it', () => {
  const world = createErasureWorld()
  const [first, second] = ['a', 'b'].map((nonce) => dispute(world, at(world, 0), world.chart, { nonce }))
  assert.ok(first && second)
  unwrap(world.request([first]))
  world.advance(3 * DAY_MS)
  assert.equal(
    [first, second, at(world, 0)].map((id) => isGone(world, id)),
    [true, false, false],
  )
  unwrap(world.request([at(world, 0)]))
  assert.is(codeOf(world.request([second])), 'erasure.exists')
  world.advance(3 * DAY_MS)
  assert.ok(isGone(world, second))
  assert.is(world.decide(second).code, 'record.erased')
})

test('erasure X11: a hold on a record keeps what disputes it; a dispute is held by no other', () => {
  const world = createErasureWorld()
  const id = dispute(world, at(world, 0))
  const later = dispute(world, at(world, 1), world.chart, { nonce: 'later' })
  world.admit(regulator, 'regulator')
  assert.is(codeOf(world.hold(north, [id])), 'erasure.of-dispute')
  assert.is(codeOf(world.hold(regulator, [id])), 'erasure.of-dispute')
  unwrap(world.request([id]))
  unwrap(world.request([at(world, 1)]))
  unwrap(world.hold(north, [at(world, 0), at(world, 1)]))
  world.advance(3 * DAY_MS)
  assert.equal(
    [id, later].map((each) => isGone(world, each)),
    [false, false],
  )
  assert.is(erasureOfRecord(world.view(), later), undefined)
  assert.is(codeOf(world.request([later])), 'erasure.held')
})

test('erasure X11: a hold on a record brings back no dispute of it that was destroyed before', () => {
  const world = createErasureWorld()
  const id = dispute(world, at(world, 0))
  unwrap(world.request([id]))
  world.advance(3 * DAY_MS)
  unwrap(world.hold(north, [at(world, 0)]))
  assert.ok(isGone(world, id))
})

test.run()
