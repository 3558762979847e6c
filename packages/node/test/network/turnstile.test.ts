import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { NetworkError } from '../../src/network/network-error.ts'
import { createTurnstile } from '../../src/network/requests/turnstile.ts'

const never = new AbortController().signal

test('so many get in at once, the rest in order, each key for itself', async () => {
  const turnstile = createTurnstile({ activeMax: 2, waitingMax: 10 })
  const inside: string[] = []
  const enter = async (key: string, name: string): Promise<() => void> => {
    const leave = await turnstile.enter(key, never)
    inside.push(name)
    return leave
  }
  const first = await enter('a', '1')
  const second = await enter('a', '2')
  const third = enter('a', '3')
  const fourth = enter('a', '4')
  await enter('b', 'other')
  assert.equal(inside, ['1', '2', 'other'])
  second()
  second()
  const leaveThird = await third
  assert.equal(inside, ['1', '2', 'other', '3'])
  first()
  const leaveFourth = await fourth
  leaveThird()
  leaveFourth()
  assert.equal(inside, ['1', '2', 'other', '3', '4'])
})

test('who waits too long leaves the queue, and who comes when it is full is refused', async () => {
  const turnstile = createTurnstile({ activeMax: 1, waitingMax: 1 })
  const leave = await turnstile.enter('a', never)
  const controller = new AbortController()
  const waiting = turnstile.enter('a', controller.signal)
  try {
    await turnstile.enter('a', never)
    assert.unreachable()
  } catch (error) {
    assert.is((error as NetworkError).code, 'network.refused')
  }
  controller.abort(new Error('late'))
  try {
    await waiting
    assert.unreachable()
  } catch (error) {
    assert.is((error as Error).message, 'late')
  }
  leave()
  ;(await turnstile.enter('a', never))()
})

test.run()
