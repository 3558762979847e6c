import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  CANCEL_MS,
  erasureIdAt,
  erasureIdsOfChart,
  erasureOfRecord,
  erasureStateIn,
  isErased,
  placeHold,
  RETENTION_PERIODS,
  recordsOfErasure,
  requestErasure,
  withheldRecords,
} from '../../../src/contracts/index.ts'
import { compareBytes, unwrap } from '../../../src/encoding/index.ts'
import type { WriteView } from '../../../src/state/index.ts'
import { fakeBytes, party } from '../world.ts'
import {
  city,
  codeOf,
  createErasureWorld,
  type ErasureWorld,
  institute,
  MEMBERS,
  north,
  regulator,
  south,
} from './erasure-world.ts'

const idOf = (world: ErasureWorld, recordId: Uint8Array): Uint8Array => {
  const found = erasureOfRecord(world.view(), recordId)
  if (!found) throw new Error('nothing asks for the record')
  return found.id
}

const stateOf = (world: ErasureWorld, id: Uint8Array) => erasureStateIn(world.view(), id, world.now())

const requested = (world: ErasureWorld, count = 3) => {
  const records = world.records.slice(0, count)
  unwrap(world.request(records))
  return idOf(world, records[0] as Uint8Array)
}

const due = (world: ErasureWorld, count = 3) => {
  const id = requested(world, count)
  world.advance(CANCEL_MS)
  return id
}

test('X1: who may ask, and for what', () => {
  const cases: [string, (world: ErasureWorld) => { ok: boolean; code?: string }, string][] = [
    ['the chart for its records', (world) => world.request(world.records), 'ok'],
    ['the author', (world) => world.request(world.records, north), 'erasure.not-chart'],
    ['another chart', (world) => world.request(world.records, world.other), 'erasure.unknown-record'],
    ['a record of another chart', (world) => world.request([world.foreign]), 'erasure.unknown-record'],
    ['nothing', (world) => world.request([]), 'erasure.records'],
    ['a record twice', (world) => world.request([...world.records, ...world.records]), 'erasure.records'],
    [
      'records out of order',
      (world) =>
        world.run(
          requestErasure.kind,
          requestErasure.payload,
          { records: [...world.records].reverse() },
          world.chart,
        ),
      'erasure.records',
    ],
    [
      'what is asked for already',
      (world) => {
        requested(world, 1)
        return world.request(world.records)
      },
      'erasure.exists',
    ],
    [
      'what is erased already',
      (world) => {
        due(world, 1)
        return world.request(world.records.slice(0, 1))
      },
      'erasure.exists',
    ],
  ]
  for (const [what, run, code] of cases) assert.is(codeOf(run(createErasureWorld())), code, what)
})

test('X1: a guardian cannot ask, whatever it may do else', () => {
  const world = createErasureWorld()
  assert.is(codeOf(world.request(world.records, party('guardian'))), 'identity.unknown')
})

test('X2: until 72 hours of block time have passed the chart, and nobody else, takes it back', () => {
  const world = createErasureWorld()
  const id = requested(world)
  assert.is(codeOf(world.cancel(id, world.other)), 'erasure.unknown')
  assert.is(codeOf(world.cancel(id, north)), 'erasure.unknown')
  world.advance(CANCEL_MS - 10_000)
  assert.is(stateOf(world, id)?.state, 'waiting')
  assert.is(world.decide(world.records[0] as Uint8Array).code, 'permit')
  assert.is(codeOf(world.cancel(id)), 'ok')
  assert.is(codeOf(world.cancel(id)), 'erasure.ended')
  world.advance(CANCEL_MS)
  assert.is(stateOf(world, id)?.state, 'cancelled')
  assert.is(world.decide(world.records[0] as Uint8Array).code, 'permit')
  assert.is(codeOf(world.request(world.records)), 'ok')
  const again = idOf(world, world.records[0] as Uint8Array)
  world.advance(CANCEL_MS)
  assert.is(codeOf(world.cancel(again)), 'erasure.due')
})

test('X5: the chain counts the receipts: pending, k of n, erased', () => {
  const world = createErasureWorld()
  const id = requested(world)
  assert.is(codeOf(world.sign(north, id)), 'erasure.not-due')
  world.advance(CANCEL_MS)
  assert.is(stateOf(world, id)?.state, 'pending')
  assert.is(stateOf(world, id)?.owing.length, 4)
  assert.is(codeOf(world.sign(world.chart, id)), 'erasure.not-institution')
  assert.is(codeOf(world.sign(north)), 'erasure.empty')
  for (const [index, member] of MEMBERS.entries()) {
    assert.is(codeOf(world.sign(member, id)), 'ok')
    assert.is(codeOf(world.sign(member, id)), 'erasure.signed')
    const state = stateOf(world, id)
    assert.is(state?.signed.length, index + 1)
    assert.is(state?.state, index === 3 ? 'erased' : 'pending')
  }
})

test('X5: who came later owes nothing, who left unsigned is named', () => {
  const world = createErasureWorld()
  const id = due(world)
  for (const member of [north, south, city]) unwrap(world.sign(member, id))
  world.admit(regulator, 'regulator')
  assert.is(codeOf(world.sign(regulator, id)), 'erasure.not-owed')
  assert.equal(stateOf(world, id)?.owing, [institute.id])
  world.remove(institute)
  const state = stateOf(world, id)
  assert.is(state?.state, 'erased')
  assert.equal(state?.left, [institute.id])
})

test('X6: an erased record is refused to those who could read it, and nothing is told to strangers', () => {
  const world = createErasureWorld()
  due(world, 1)
  const [gone, kept] = world.records as [Uint8Array, Uint8Array]
  assert.is(isErased(world.view(), gone, world.now()), true)
  assert.is(world.decide(gone).code, 'record.erased')
  assert.is(world.decide(gone, north).code, 'record.erased')
  assert.is(world.decide(gone, south).code, 'consent.none')
  assert.is(world.decide(kept).code, 'permit')
})

test('X3: holds are of the author’s institution for what it wrote, or of a regulator', () => {
  const world = createErasureWorld()
  world.admit(regulator, 'regulator')
  const cases: [string, ReturnType<ErasureWorld['hold']>, string][] = [
    ['of another institution', world.hold(south, world.records), 'erasure.not-author'],
    ['of the chart', world.hold(world.chart, world.records), 'erasure.not-institution'],
    ['of the author on a whole chart', world.hold(north, []), 'erasure.not-author'],
    [
      'of a regulator for a retention period',
      world.hold(regulator, world.records, 'retention-2y'),
      'erasure.not-author',
    ],
    ['on another chart’s record', world.hold(north, [world.foreign]), 'erasure.unknown-record'],
    ['of the author', world.hold(north, world.records.slice(0, 1)), 'ok'],
    ['of a regulator', world.hold(regulator, world.records.slice(1, 2)), 'ok'],
  ]
  for (const [what, outcome, code] of cases) assert.is(codeOf(outcome), code, what)
  assert.is(codeOf(world.request(world.records.slice(0, 1))), 'erasure.held')
  assert.is(codeOf(world.request(world.records.slice(1, 2))), 'erasure.held')
  assert.is(codeOf(world.request(world.records.slice(2))), 'ok')
})

const heldBy = (world: ErasureWorld, id: Uint8Array) => world.view().get(withheldRecords, id) ?? []

test('X4: a hold takes records out of an erasure that waits, until it is due', () => {
  const world = createErasureWorld()
  const id = requested(world)
  unwrap(world.hold(north, world.records.slice(0, 1)))
  assert.equal(
    heldBy(world, id).map(({ recordId }) => recordId),
    world.records.slice(0, 1),
  )
  assert.is(recordsOfErasure(world.view(), id).length, 2)
  world.advance(CANCEL_MS)
  assert.is(world.decide(world.records[0] as Uint8Array).code, 'permit')
  assert.is(world.decide(world.records[1] as Uint8Array).code, 'record.erased')
  assert.is(codeOf(world.hold(north, world.records.slice(1))), 'erasure.due')
  const [withheld] = heldBy(world, id)
  const holdId = withheld?.holdId as Uint8Array
  assert.is(codeOf(world.release(holdId, south)), 'erasure.unknown-hold')
  assert.is(codeOf(world.release(holdId, north)), 'ok')
  assert.is(codeOf(world.release(holdId, north)), 'erasure.released')
  assert.is(codeOf(world.request(world.records.slice(0, 1))), 'ok')
})

test('X4: what nothing is left of is refused; a regulator holds a whole chart', () => {
  const world = createErasureWorld()
  world.admit(regulator, 'regulator')
  const id = requested(world, 1)
  unwrap(world.hold(north, world.records.slice(0, 1)))
  assert.is(stateOf(world, id)?.state, 'refused')
  const next = createErasureWorld()
  next.admit(regulator, 'regulator')
  const whole = requested(next)
  unwrap(next.hold(regulator, []))
  assert.is(stateOf(next, whole)?.state, 'refused')
  assert.is(heldBy(next, whole).length, 3)
  next.advance(CANCEL_MS)
  assert.is(next.decide(next.records[0] as Uint8Array).code, 'permit')
  assert.is(codeOf(next.request(next.records)), 'erasure.held')
})

test('X4: what a hold looks up grows with its records, not with their square', () => {
  const world = createErasureWorld()
  const records = world.anchor(world.chart, north, 'many', 200).sort(compareBytes)
  unwrap(world.request(records))
  let lookups = 0
  const { view } = world.state
  const counted: WriteView = {
    get: (...place) => {
      lookups += 1
      return view.get(...place)
    },
    put: (...place) => view.put(...place),
    remove: (...place) => view.remove(...place),
  }
  const payload = {
    chart: world.chart.id,
    records,
    reason: 'litigation',
    documentDigest: fakeBytes('order'),
  } as const
  const signed = { txId: fakeBytes('hold'), sender: north.id, signers: [north.id] }
  unwrap(placeHold.apply(counted, payload, { ...world.context(), ...signed }))
  assert.ok(lookups < 20 * records.length, `${lookups} lookups`)
})

test('X4: a retention period ends by itself, counted from the anchoring', () => {
  for (const { reason, periodMs } of RETENTION_PERIODS) {
    const world = createErasureWorld()
    unwrap(world.hold(north, world.records, reason as 'retention-2y'))
    world.advance(periodMs - 60_000)
    assert.is(codeOf(world.request(world.records)), 'erasure.held')
    world.advance(60_000)
    assert.is(codeOf(world.request(world.records)), 'ok')
    assert.is(codeOf(world.hold(north, world.records, reason as 'retention-2y')), 'erasure.retention-over')
  }
})

test('X3: the hold of an institution that left keeps nothing', () => {
  const world = createErasureWorld()
  unwrap(world.hold(north, world.records))
  world.remove(north)
  assert.is(codeOf(world.request(world.records)), 'ok')
})

test('every erasure is found by chart and in the order of the network', () => {
  const world = createErasureWorld()
  const first = requested(world, 1)
  unwrap(world.request([world.foreign], world.other))
  const second = idOf(world, world.foreign)
  assert.equal(
    [0, 1, 2].map((position) => erasureIdAt(world.view(), position)),
    [first, second, undefined],
  )
  assert.equal(erasureIdsOfChart(world.view(), world.chart.id), [first])
})

test.run()
