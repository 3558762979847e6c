import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { longestGapMs } from '../../bench/scenarios/proposer-killed.ts'

test('the longest gap is one between commits, or the silence up to the end of the load', () => {
  equal(longestGapMs([10, 30, 20, 900, 910], 1_000), 870)
  equal(longestGapMs([10, 20, 30], 25_000), 24_970)
})

test.run()
