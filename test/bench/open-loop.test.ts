import { setTimeout as delay } from 'node:timers/promises'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { resultOf, runOpenLoop, type Sample } from '../../bench/load/open-loop.ts'
import { quantile } from '../../bench/report/quantile.ts'

const STALL_MS = 300

test('all that is due in a stall waits for its end, and is sent all the same', async () => {
  const begunAt = performance.now()
  const sent: number[] = []
  const samples = await runOpenLoop({
    perSecond: 100,
    durationMs: STALL_MS,
    send: async (index) => {
      sent.push(index)
      await delay(Math.max(0, STALL_MS - (performance.now() - begunAt)))
      return { count: 1 }
    },
  })
  equal(
    sent,
    Array.from({ length: 30 }, (_, index) => index),
  )
  for (const { dueMs, endedMs } of samples)
    ok(endedMs - dueMs > STALL_MS - dueMs - 50, `${dueMs}: ${endedMs}`)
  ok(resultOf(samples, { fromMs: 0, toMs: STALL_MS }).p50Ms > STALL_MS / 3)
})

test('a client that throws is a refusal, not an end', async () => {
  const send = () => Promise.reject(new Error('connection lost'))
  const samples = await runOpenLoop({ perSecond: 1_000, durationMs: 5, send })
  equal(
    samples.map(({ refusal }) => refusal),
    Array.from({ length: 5 }, () => 'connection lost'),
  )
})

const sample = (dueMs: number, endedMs: number, refusal?: string): Sample => ({
  ...{ dueMs, sentMs: dueMs + 2, endedMs, refusal },
  count: refusal === undefined ? 1 : 0,
})

test('warming up counts for nothing, refusals have a code and no time', () => {
  const samples = [
    sample(0, 5_000),
    sample(1_000, 1_010),
    sample(1_200, 1_230),
    sample(1_400, 2_600),
    sample(1_600, 1_610, 'mempool.full'),
  ]
  const result = resultOf(samples, { fromMs: 1_000, toMs: 2_000 })
  equal(result, {
    ...{ offeredPerSecond: 4, committedPerSecond: 2, p50Ms: 30, p95Ms: 1_200, p99Ms: 1_200, lateP95Ms: 2 },
    ...{ refused: 1, refusals: { 'mempool.full': 1 } },
  })
})

test('a quantile is the value of its nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
  equal(
    [0, 0.5, 0.95, 1].map((part) => quantile(hundred, part)),
    [1, 50, 95, 100],
  )
  ok(Number.isNaN(quantile([], 0.5)))
})

test.run()
