import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { CUSTODIANS_MAX, custodiansOf } from '../../../src/contracts/index.ts'
import { fakeBytes } from '../world.ts'

const institutions = Array.from({ length: 9 }, (_, index) => fakeBytes(`institution ${index}`))
const names = (ids: readonly Uint8Array[]) => ids.map(String)

test('more than half of up to five open the secret, in an order that only the subject decides', () => {
  const subject = fakeBytes('chart')
  for (const [count, expected, threshold] of [
    [2, 2, 2],
    [3, 3, 2],
    [4, 4, 3],
    [5, 5, 3],
    [9, CUSTODIANS_MAX, 3],
  ] as const) {
    const found = custodiansOf(subject, institutions.slice(0, count))
    is(found.custodians.length, expected)
    is(found.threshold, threshold)
  }
  const { custodians } = custodiansOf(subject, institutions)
  equal(names(custodiansOf(subject, [...institutions].reverse()).custodians), names(custodians))
  const others = custodiansOf(fakeBytes('another chart'), institutions).custodians
  ok(String(names(others)) !== String(names(custodians)))
})

test('who is left out keeps nothing, and the others keep their places', () => {
  const subject = fakeBytes('chart')
  const [first, ...rest] = custodiansOf(subject, institutions).custodians as [Uint8Array, ...Uint8Array[]]
  const without = custodiansOf(subject, institutions, [first]).custodians
  equal(names(without.slice(0, 4)), names(rest))
  ok(!names(without).includes(String(first)))
})

test.run()
