import { setImmediate } from 'node:timers/promises'
import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { createRequestTurns } from '../../src/api/request-turns.ts'

test('a crowd begins a few a turn, in order, and all of it in the end', async () => {
  const enter = createRequestTurns(2)
  const begun: number[] = []
  for (let request = 0; request < 7; request++) void enter().then(() => begun.push(request))
  const counts: number[] = []
  for (let turn = 0; turn < 5; turn++) {
    await setImmediate()
    counts.push(begun.length)
  }
  equal(begun, [0, 1, 2, 3, 4, 5, 6])
  equal(
    counts.map((count, turn) => count - (counts[turn - 1] ?? 0)).every((step) => step <= 4),
    true,
  )
})

test.run()
