import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isLongRun } from '../../../../test/long.ts'
import { runSeed } from './run-seed.ts'

const SEEDS = isLongRun ? 240 : 100
const BUDGET_MS = isLongRun ? 60_000 : 25_000

test('short seeds: safe under faults, alive after them', () => {
  const startedMs = performance.now()
  let heights = 0
  let laterRounds = 0
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { violation, ...report } = runSeed(seed, { isShort: true })
    const again = `npm run sim -- --seed ${seed} --short`
    assert.is(violation, undefined, `${violation?.message}\nreplay: ${again}`)
    heights += report.heights
    laterRounds += report.laterRounds
    // A slow machine runs fewer of them rather than failing for its slowness.
    if (performance.now() - startedMs > BUDGET_MS && seed >= 40) break
  }
  assert.ok(heights > 100 && laterRounds > 10, `${heights} heights, ${laterRounds} in later rounds`)
})

test('the same seed is the same run', () => {
  const traces = [1, 2].map(() => {
    const lines: string[] = []
    runSeed(3, { isShort: true, trace: (line) => lines.push(line) })
    return lines.join('\n')
  })
  assert.is(traces[0], traces[1])
})

test.run()
