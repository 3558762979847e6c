import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { DEFAULT_OPTIONS } from '../../src/replica/index.ts'
import { createRoundPace, type RoundPace } from '../../src/replica/round-pace.ts'
import { createCluster, startAll } from './cluster.ts'
import { areCommitted, submitMany } from './cluster-load.ts'

const createPace = (): RoundPace => createRoundPace(DEFAULT_OPTIONS)

const decide = (pace: RoundPace, tookMs: number, times = 1): void => {
  for (let turn = 0; turn < times; turn++) {
    pace.started(0, pace.timeoutMs(0))
    pace.decided(tookMs)
  }
}

/** A round that is given up at its time. */
const giveUp = (pace: RoundPace, round: number, hasBlock: boolean): void => {
  const delayMs = pace.timeoutMs(round)
  pace.started(0, delayMs)
  pace.timedOut(delayMs, hasBlock)
}

test('the first round waits a second, each further one half as long again, none above the cap', () => {
  const pace = createPace()
  assert.equal([0, 1, 2, 6, 7, 60].map(pace.timeoutMs), [1000, 1500, 2250, 11_391, 15_000, 15_000])
})

test('rounds that are quick bring the timeout down, never below its floor', () => {
  const pace = createPace()
  decide(pace, 5, 7)
  assert.is(pace.baseMs(), 1000, 'a few rounds say little')
  decide(pace, 5)
  assert.is(pace.baseMs(), 400)
  decide(createPace(), 0, 100)
  assert.is(pace.baseMs(), 400)
})

test('blocks shrink while others do not judge them in time, and grow again', () => {
  const pace = createPace()
  giveUp(pace, 0, false)
  assert.is(pace.share(), 1, 'a silent proposer says nothing of blocks')
  giveUp(pace, 0, true)
  giveUp(pace, 1, true)
  assert.is(pace.share(), 0.25)
  for (let round = 2; round < 9; round++) giveUp(pace, round, true)
  assert.is(pace.share(), 1 / 16)
  decide(pace, 20, 7)
  assert.is(pace.share(), 1)
})

test('the timeout is four times what nineteen of twenty rounds took', () => {
  const pace = createPace()
  decide(pace, 150, 32)
  assert.is(pace.baseMs(), 600)
  decide(pace, 390)
  assert.is(pace.baseMs(), 600, 'one slow round among many is none')
  decide(pace, 390)
  assert.is(pace.baseMs(), 1560)
})

test('a machine too slow to judge in time gives itself more, up to the cap, and takes it back once it is quick', () => {
  const pace = createPace()
  decide(pace, 20, 32)
  const bases: number[] = []
  for (let round = 0; round < 4; round++) {
    giveUp(pace, round, true)
    bases.push(pace.baseMs())
  }
  assert.equal(bases, [400, 1600, 2400, 3000])
  decide(pace, 20, 30)
  assert.is(pace.baseMs(), 3000)
  decide(pace, 20, 2)
  assert.is(pace.baseMs(), 400)
})

test('rounds in which nobody proposed change nothing', () => {
  const pace = createPace()
  decide(pace, 20, 32)
  for (let round = 0; round < 50; round++) giveUp(pace, round, false)
  assert.is(pace.baseMs(), 400)
})

test('whoever makes every round as long as it can gains the cap and no more', () => {
  const pace = createPace()
  for (let turn = 0; turn < 200; turn++) {
    giveUp(pace, turn % 9, true)
    assert.ok(pace.baseMs() <= 3000)
    assert.ok(pace.timeoutMs(turn) <= 15_000)
  }
})

test('a clock that jumps, or that the host did not let run, measures nothing', () => {
  const pace = createPace()
  decide(pace, 20, 32)
  decide(pace, -5000, 10)
  decide(pace, 60_000, 10)
  pace.decided(700)
  assert.is(pace.baseMs(), 400)
})

test('replicas measure their rounds: a quick network waits less for a dead proposer', () => {
  const cluster = createCluster({ size: 4, seed: 3 })
  startAll(cluster)
  const all = submitMany(cluster, 12, 'p')
  cluster.until('commits', () => areCommitted(cluster, all))
  cluster.until('some heights', () => (cluster.nodes[0]?.replica?.status().height ?? 0) >= 12, 120_000)
  for (const { replica } of cluster.nodes) assert.is(replica?.status().roundTimeoutMs, 400)
  cluster.crash(2)
  cluster.run(60_000)
  for (const index of [0, 1, 3]) assert.is(cluster.nodes[index]?.replica?.status().roundTimeoutMs, 400)
})

test.run()
