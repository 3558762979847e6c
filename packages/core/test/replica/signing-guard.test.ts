import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { SigningStep } from '../../src/consensus/index.ts'
import { createSigningGuard } from '../../src/replica/signing-guard.ts'
import { fakeSigner } from './cluster-keys.ts'

const MESSAGE = new Uint8Array(1)

const guardThatSigned = (...positions: readonly (readonly [number, number, SigningStep])[]) => {
  const guard = createSigningGuard(fakeSigner(new Uint8Array(32)))
  const sign = (height: number, round: number, step: SigningStep): boolean =>
    guard.sign({ height, round, step }, MESSAGE) !== undefined
  for (const position of positions) sign(...position)
  return { guard, sign }
}

test('signatures only go forward: height, round, then round-change < proposal < prepare < commit', () => {
  const last = [5, 1, 'prepare'] as const
  for (const [height, round, step, isAllowed] of [
    [5, 1, 'prepare', false],
    [5, 1, 'proposal', false],
    [5, 1, 'round-change', false],
    [5, 0, 'commit', false],
    [4, 9, 'commit', false],
    [5, 1, 'commit', true],
    [5, 2, 'round-change', true],
    [6, 0, 'proposal', true],
  ] as const) {
    assert.is(guardThatSigned(last).sign(height, round, step), isAllowed, `${height}/${round}/${step}`)
  }
})

test('a refused signature does not move the guard', () => {
  const { sign } = guardThatSigned([5, 0, 'commit'])
  assert.not.ok(sign(4, 0, 'commit'))
  assert.ok(sign(5, 1, 'round-change'))
})

test('a restart goes on behind what was signed', () => {
  const { guard, sign } = guardThatSigned()
  guard.resumeAt({ height: 5, round: 2, step: 'prepare' })
  guard.resumeAt({ height: 5, round: 1, step: 'commit' })
  assert.not.ok(sign(5, 2, 'prepare'))
  assert.ok(sign(5, 2, 'commit'))
})

test('nothing is signed up to the height of a lost memory', () => {
  const { guard, sign } = guardThatSigned()
  guard.abstainUpTo(7, 'lost')
  guard.abstainUpTo(6, 'less')
  assert.not.ok(sign(7, 3, 'commit'))
  assert.is(guard.reasonAt(7), 'lost')
  assert.is(guard.reasonAt(8), undefined)
  assert.ok(sign(8, 0, 'prepare'))
})

test('an observer signs nothing', () => {
  assert.is(createSigningGuard(undefined).sign({ height: 1, round: 0, step: 'prepare' }, MESSAGE), undefined)
})

test.run()
