import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import { createRequestPace } from '../../src/api/request-pace.ts'

const handClock = () => {
  let nowMs = 0
  const waits: number[] = []
  return {
    waits,
    now: () => nowMs,
    setTimer: (ms: number) => {
      waits.push(ms)
      return () => undefined
    },
    pass: (ms: number) => {
      nowMs += ms
    },
  }
}

test('an address that asks on and on waits, the others do not', () => {
  const clock = handClock()
  const pace = createRequestPace(clock)
  for (let count = 0; count < 1_000; count++) {
    is(pace.enter('a'), undefined)
    pace.answered('a')
  }
  for (let count = 0; count < 30; count++) pace.answered('a')
  is(pace.enter('a') === undefined, false)
  equal(clock.waits, [100])
  is(pace.enter('b'), undefined)
  clock.pass(100)
  is(pace.enter('a'), undefined)
})

test.run()
