import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type ConsensusFrame,
  type ConsensusMessage,
  type ConsensusRecord,
  decodeFrame,
  decodeRecord,
  encodeFrame,
  encodeRecord,
  outlineOf,
} from '../../src/consensus/index.ts'
import { unwrap } from '../../src/encoding/index.ts'
import {
  brief,
  claim,
  createBench,
  HEIGHT,
  hashOf,
  heightInput,
  makeBlock,
  preparedBy,
  proposal,
  roundChange,
  vote,
  whole,
} from './engine-bench.ts'

const B0 = makeBlock(0)

const locked = () => {
  const bench = createBench(2)
  const records: ConsensusRecord[] = []
  const keep = (effects: ReturnType<typeof bench.give>): void => {
    for (const effect of effects) if (effect.type === 'persist') records.push(...effect.records)
  }
  keep(bench.hear(proposal(0, B0)))
  keep(bench.give(whole(B0)))
  keep(bench.give({ type: 'judged', hash: hashOf(B0), isValid: true }))
  for (const sender of [0, 3]) keep(bench.hear(vote('prepare', sender, B0)))
  return { bench, records, keep }
}

const restart = (self: number, records: readonly ConsensusRecord[]) => {
  const bench = createBench(self)
  const input = heightInput(self)
  if (input.type !== 'height') throw new Error('unreachable')
  const copied = records.map((record) => unwrap(decodeRecord(encodeRecord(record))))
  return { bench, effects: bench.give({ ...input, records: copied }) }
}

test('every message and record survives its encoding', () => {
  const messages = [
    proposal(1, B0, 1, {
      roundChanges: [0, 1, 3].map((sender) => claim(sender, 1)),
      prepared: preparedBy(B0, 0),
    }),
    vote('prepare', 1, B0),
    vote('commit', 1, B0),
    roundChange(1, 2, { block: B0, round: 1 }),
  ]
  const place = { height: HEIGHT, blockHash: hashOf(B0) }
  const outline = outlineOf(B0)
  const frames: readonly ConsensusFrame[] = [
    { type: 'bodies-request', ...place, indices: undefined },
    { type: 'bodies-request', ...place, indices: [0, 3, 4095] },
    { type: 'bodies', ...place, outline, indices: [], transactions: [] },
    { type: 'bodies', ...place, outline: undefined, indices: [2], transactions: [new Uint8Array(300)] },
    { type: 'bundle', bundle: new Uint8Array(8) },
  ]
  for (const frame of frames) assert.equal(unwrap(decodeFrame(encodeFrame(frame))), frame)
  for (const message of messages) assert.equal(unwrap(decodeFrame(encodeFrame(message))), message)
})

test('after a crash the own messages are sent again, not signed again, and the lock holds', () => {
  const { records } = locked()
  const { bench, effects } = restart(2, records)
  assert.equal(brief(effects), [
    'broadcast prepare',
    'broadcast commit',
    'clear round',
    'clear resend',
    'round in 1000',
    'resend in 500',
  ])
  assert.equal(bench.signed, [])
  assert.is(bench.engine.view().preparedRound, 0)
  assert.equal(bench.give({ type: 'judged', hash: hashOf(B0), isValid: true }), [])
  const [, change] = bench.give({ type: 'timer', name: 'round' })
  assert.ok(change?.type === 'broadcast' && change.message.type === 'round-change')
  if (change?.type === 'broadcast' && change.message.type === 'round-change') {
    assert.is(change.message.claim.preparedRound, 0)
    assert.equal(change.message.prepared?.blockHash, hashOf(B0))
  }
})

test('a crash after a round change comes back in that round, with the certificate and the block behind the claim', () => {
  const { bench, records, keep } = locked()
  keep(bench.give({ type: 'timer', name: 'round' }))
  const again = restart(2, records)
  assert.is(again.bench.engine.view().round, 1)
  const [sent] = again.effects
  assert.ok(sent?.type === 'broadcast' && sent.message.type === 'round-change' && sent.message.prepared)
  assert.equal(again.bench.engine.blockOf(hashOf(B0)), B0)
})

test('a crash between an own re-proposal and its judgement is judged on return', () => {
  const own = proposal(2, B0, 2, { roundChanges: [0, 1, 3].map((sender) => claim(sender, 2)) })
  const { effects } = restart(2, [
    { type: 'block', round: 2, block: B0 },
    { type: 'sent', message: own },
  ])
  assert.ok(brief(effects).includes('judge 2'))
})

test('a vote in a round above 0 starts its clock again after a crash', () => {
  const runsAfter = (message: ConsensusMessage): boolean => {
    const { effects } = restart(3, [
      { type: 'block', round: 1, block: B0 },
      { type: 'sent', message },
    ])
    return brief(effects).some((each) => each.startsWith('round in'))
  }
  assert.ok(runsAfter(vote('prepare', 3, B0, 1)))
  assert.not.ok(runsAfter(roundChange(3, 1)))
})

test('a block that was voted for nine blocks ago and locked now comes back', () => {
  const records: ConsensusRecord[] = [{ type: 'block', round: 0, block: B0 }]
  for (let round = 1; round < 10; round++)
    records.push({ type: 'block', round, block: makeBlock(round % 4, round) })
  const lockedAgain: ConsensusRecord = {
    type: 'prepared',
    round: 10,
    hash: hashOf(B0),
    certificate: preparedBy(B0, 10),
  }
  const { bench } = restart(3, [...records, lockedAgain])
  assert.is(bench.engine.view().preparedRound, 10)
  const own = proposal(2, B0, 10, { roundChanges: [0, 1, 3].map((sender) => claim(sender, 10)) })
  const { effects } = restart(2, [...records, { type: 'sent', message: own }])
  assert.ok(brief(effects).includes('judge 10'))
})

test('messages of the next height wait for it, signed ones of members only', () => {
  const bench = createBench(2)
  const next = makeBlock(0, 0, 0, HEIGHT + 1)
  assert.equal(brief(bench.hear(proposal(0, next, 0, {}, HEIGHT + 1))), [`behind ${HEIGHT + 1}`])
  assert.equal(brief(bench.hear({ ...vote('prepare', 1, next), height: HEIGHT + 1 })), [
    'fault vote.unknown-signature',
  ])
  const effects = bench.give(heightInput(2, HEIGHT + 1))
  assert.ok(brief(effects).includes('need-block'))
})

test('what is too far ahead is reported and not kept', () => {
  const bench = createBench(2)
  const far = makeBlock(0, 0, 0, HEIGHT + 50)
  for (let turn = 0; turn < 3; turn++) {
    assert.equal(brief(bench.hear(vote('commit', 1, far, 0, HEIGHT + 50))), [`behind ${HEIGHT + 50}`])
  }
  assert.equal(brief(bench.hear(vote('commit', 1, B0, 3))), [])
  assert.equal(brief(bench.hear(vote('commit', 1, B0, 2))), [])
})

test('votes at a decided height are answered, whoever says to send them', () => {
  const bench = createBench(2)
  const old = makeBlock(0, 0, 0, HEIGHT - 1)
  assert.equal(brief(bench.hear(vote('commit', 1, old, 0, HEIGHT - 1))), [`laggard ${HEIGHT - 1}`])
})

test('the messages of the round are repeated on the tick and to a neighbour that is back', () => {
  const { bench } = locked()
  const tick = brief(bench.give({ type: 'timer', name: 'resend' }))
  assert.equal(tick, ['broadcast prepare', 'broadcast commit', 'resend in 500'])
  assert.equal(brief(bench.give({ type: 'peer', peer: 'x' })), ['send prepare', 'send commit'])
})

test('a flood of round-changes for all rounds leaves four of a sender', () => {
  const bench = createBench(2)
  for (let round = 1; round < 200; round++) bench.hear(roundChange(3, round))
  assert.is(bench.engine.view().round, 0)
  const jumped = brief(bench.hear(roundChange(1, 2)))
  assert.ok(jumped.includes('round 2 by jump'))
})

test.run()
