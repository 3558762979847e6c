import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { createInputLanes } from '../../src/replica/input-lanes.ts'
import type { UntimedInput } from '../../src/replica/replica-input.ts'

const frame = (from: string, number: number, sizeBytes = 4): UntimedInput => {
  const bytes = new Uint8Array(sizeBytes)
  bytes[0] = number
  return { type: 'frame', from, bytes }
}

const describe = (input: UntimedInput | undefined): string => {
  if (input === undefined) return 'nothing'
  return input.type === 'frame' ? `${input.from}${input.bytes[0]}` : input.type
}

test('a neighbour that floods waits for itself: the others pass it', () => {
  const lanes = createInputLanes()
  for (let number = 0; number < 100; number++) lanes.add(frame('f', number))
  const order: string[] = []
  for (let turn = 0; turn < 6; turn++) {
    if (turn === 2) for (const from of ['a', 'b']) for (const number of [0, 1]) lanes.add(frame(from, number))
    order.push(describe(lanes.next()))
    lanes.spent(1)
  }
  equal(order.slice(0, 2), ['f0', 'f1'])
  equal(order.slice(2).filter((name) => name.startsWith('f')).length <= 1, true)
  ok(order.includes('a0') && order.includes('b0'))
})

test('costly inputs count more than cheap ones', () => {
  const lanes = createInputLanes()
  for (let number = 0; number < 50; number++) {
    lanes.add(frame('costly', number))
    lanes.add(frame('cheap', number))
  }
  const spentMs = { costly: 0, cheap: 0 }
  for (let turn = 0; turn < 40; turn++) {
    const from = describe(lanes.next()).startsWith('costly') ? 'costly' : 'cheap'
    const durationMs = from === 'costly' ? 20 : 1
    spentMs[from] += durationMs
    lanes.spent(durationMs)
  }
  ok(spentMs.costly <= spentMs.cheap + 20, JSON.stringify(spentMs))
})

test('silence earns nothing', () => {
  const lanes = createInputLanes()
  for (let number = 0; number < 50; number++) lanes.add(frame('busy', number))
  for (let turn = 0; turn < 20; turn++) {
    lanes.next()
    lanes.spent(10)
  }
  for (let number = 0; number < 50; number++) lanes.add(frame('late', number))
  let late = 0
  for (let turn = 0; turn < 20; turn++) {
    if (describe(lanes.next()).startsWith('late')) late += 1
    lanes.spent(10)
  }
  ok(late <= 11, `${late} of 20`)
})

test('each lane is in order, own inputs go first, and a full lane turns away its own sender alone', () => {
  const lanes = createInputLanes()
  const mib = 1024 * 1024
  for (let number = 0; number < 8; number++) ok(lanes.add(frame('f', number, mib)))
  is(lanes.add(frame('f', 8, mib)), false)
  ok(lanes.add(frame('a', 0)))
  ok(lanes.add({ type: 'checkpointed', height: 1 }))
  is(lanes.size(), 10)
  is(describe(lanes.next()), 'checkpointed')
  const rest: string[] = []
  for (let input = lanes.next(); input !== undefined; input = lanes.next()) {
    rest.push(describe(input))
    lanes.spent(1)
  }
  equal(
    rest.filter((name) => name.startsWith('f')),
    ['f0', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f7'],
  )
  is(lanes.size(), 0)
  let taken = 0
  while (lanes.add(frame('small', taken)) && taken < 10_000) taken += 1
  is(taken, 4096)
  ok(lanes.add(frame('a', 1)))
})

test.run()
