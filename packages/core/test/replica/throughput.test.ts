import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { blob, encode, list } from '../../src/encoding/index.ts'
import { createThroughput } from '../../src/replica/throughput.ts'
import { enrolment, START_MS } from './cluster-keys.ts'
import { createMember, genesis } from './lone-member.ts'

test('as many may wait as the blocks of two seconds took in, and never less than a burst', () => {
  const throughput = createThroughput()
  assert.is(throughput.room(0), 2_048)
  for (let atMs = 100; atMs <= 4_000; atMs += 100) throughput.decided(200, atMs)
  assert.is(throughput.room(4_000), 4_000)
  assert.is(throughput.room(5_000), 2_048)
  assert.is(throughput.room(60_000), 2_048)
})

test('a clock that was set back makes no room for good', () => {
  const throughput = createThroughput()
  throughput.decided(9_000, 100_000)
  assert.is(throughput.room(100_000), 9_000)
  assert.is(throughput.room(1_000), 2_048)
  throughput.decided(3_000, 1_000)
  assert.is(throughput.room(2_999), 3_000)
})

test('whoever would wait too long is told so at once; who has nothing waiting, and what other nodes took, stays welcome', () => {
  const member = createMember(2)
  member.start(START_MS)
  const one = (at: number, institution = at % 3): Uint8Array =>
    enrolment(genesis, institution, `person ${at}`, START_MS + 300_000)
  const outcomeOf = (bytes: Uint8Array): string => {
    const effects = member.give(START_MS, { type: 'submit', token: 1, bytes })
    const answer = effects.find((effect) => effect.type === 'submit-result')
    return answer?.type === 'submit-result' && !answer.result.ok ? answer.result.code : 'ok'
  }
  for (let at = 0; at < 2_048; at++) assert.is(outcomeOf(one(at)), 'ok')
  assert.is(outcomeOf(one(3_000)), 'mempool.full')
  assert.is(outcomeOf(one(7)), 'tx.repeated')
  assert.is(outcomeOf(one(3_002, 3)), 'ok')
  member.hear({ type: 'bundle', bundle: encode(list(blob(1024), 1024), [one(3_001)]) }, 1)
  assert.is(member.replica.status().mempool.transactions, 2_050)
})

test.run()
