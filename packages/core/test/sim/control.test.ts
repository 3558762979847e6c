import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { faultyOf } from './checks/arithmetic.ts'
import { runSeed } from './run-seed.ts'
import type { Conduct, Scenario } from './world/scenario.ts'

/** Members with two processes each, one for either half of the others, which never hear of one another. */
const splitBy = (size: number, twins: number): Partial<Scenario> => ({
  size,
  observers: 0,
  joiners: [],
  steps: [],
  deadMs: 0,
  leaps: false,
  latecomer: -1,
  rates: {
    latencyMs: 5,
    loss: 0,
    duplicate: 0,
    reorder: 0,
    longTail: 0,
    corruption: 0,
    replay: 0,
    otherNetwork: 0,
  },
  isSplit: true,
  conducts: Array.from({ length: size }, (_, index): Conduct => (index < twins ? 'twin' : 'honest')),
  heartbeatMs: 600,
  // Those beyond the cut never report their heads: whoever starts asks the next one soon.
  options: { roundTimeoutMs: 500, roundTimeoutMsMax: 3000, syncTimeoutMs: 100 },
  safetyMs: 12_000,
})

for (const size of [4, 7, 10]) {
  test(`f + 1 of ${size} members with two faces: the agreement checker reports the fork`, () => {
    const rules = [1, 2, 3].map(
      (seed) => runSeed(seed, { scenario: splitBy(size, faultyOf(size) + 1) }).violation?.rule,
    )
    assert.equal(rules, ['S1', 'S1', 'S1'])
  })

  test(`f of ${size} members with two faces fork nothing`, () => {
    const { violation } = runSeed(1, { scenario: splitBy(size, faultyOf(size)) })
    assert.is(violation, undefined, violation?.message)
  })
}

test.run()
