import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesFromUint } from '../../src/encoding/index.ts'
import { createQuarantine } from '../../src/replica/quarantine.ts'

const A = new Uint8Array(32).fill(1)
const B = new Uint8Array(32).fill(2)

test('each time it fails it is left out for twice as many heights, some hundreds at most', () => {
  const quarantine = createQuarantine()
  let height = 10
  const spans: number[] = []
  const hash = Uint8Array.from({ length: 32 }, (_, at) => at * 83)
  for (let turn = 0; turn < 10; turn++) {
    quarantine.add([hash], height, 0)
    let span = 0
    while (quarantine.holds(hash, height + span + 1, 0)) span += 1
    spans.push(span)
    height += span + 1
  }
  for (const [turn, span] of spans.entries()) {
    const least = Math.min(256, 2 ** (turn + 1))
    assert.ok(span >= least && span < 2 * least, `${span} heights`)
  }
  assert.not.ok(quarantine.holds(B, height, 0))
})

test('what failed together comes back apart', () => {
  const quarantine = createQuarantine()
  const pair = [3, 7].map((seed) => Uint8Array.from({ length: 32 }, (_, at) => at * seed))
  let height = 1
  let isApart = false
  for (let turn = 0; turn < 4; turn++) {
    quarantine.add(pair, height, 0)
    while (pair.some((hash) => quarantine.holds(hash, height, 0))) {
      isApart ||= pair.some((hash) => !quarantine.holds(hash, height, 0))
      height += 1
    }
  }
  assert.ok(isApart)
})

test('where heights take long, time sets it free', () => {
  const quarantine = createQuarantine()
  quarantine.add([A], 10, 5000)
  assert.ok(quarantine.holds(A, 11, 5749))
  assert.not.ok(quarantine.holds(A, 11, 5750))
})

test('what did well for as long as it was held is forgotten', () => {
  const quarantine = createQuarantine()
  quarantine.add([A], 10, 0)
  for (let height = 11; height < 16; height++) quarantine.advance(height)
  assert.is(quarantine.size(), 1)
  quarantine.advance(16)
  assert.is(quarantine.size(), 0)
})

test('ten thousand are remembered', () => {
  const quarantine = createQuarantine()
  const many = Array.from({ length: 12_000 }, (_, number) => bytesFromUint(number, 32))
  quarantine.add(many, 1, 0)
  assert.is(quarantine.size(), 10_000)
  assert.ok(quarantine.holds(many.at(-1) as Uint8Array, 2, 0))
  assert.not.ok(quarantine.holds(many[0] as Uint8Array, 2, 0))
})

test.run()
