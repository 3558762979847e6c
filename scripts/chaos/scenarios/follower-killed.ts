import { setTimeout as delay } from 'node:timers/promises'
import { startConsortium } from '../consortium.ts'
import { type Latencies, latenciesOf, refusalsOf } from '../figures.ts'
import { finalCheck } from '../final-check.ts'
import { startLoad } from '../load.ts'
import type { Scenario, Stage } from '../stage.ts'

const WARM_UP_MS = 8000
const SPAN_MS = 15_000
const VICTIM = 2
/** A slow height shows within a turn of all four. */
const SLOW_WITHIN_MS = 5000
const P50_TIMES_MAX = 1.3

interface BlockRow {
  readonly height: number
  readonly timeMs: number
  readonly round: number
  readonly commitRound: number
}

/** Span over which latencies are taken, on the clock of `performance.now()`. */
interface Span {
  readonly fromMs: number
  readonly toMs: number
}

const tell = (
  { say }: Stage,
  name: string,
  { acknowledged, refused, p50Ms, p95Ms, p99Ms }: Latencies,
): void =>
  say(`${name}: p50 ${p50Ms} ms, p95 ${p95Ms} ms, p99 ${p99Ms} ms of ${acknowledged}, ${refused} refused`)

/** One of four dies under load: one height is slow, and then the three are about as fast as the four were. */
export const followerKilled: Scenario = async (stage) => {
  const consortium = await startConsortium({ dir: stage.dir, isRelayed: false })
  const victim = consortium.at(VICTIM)
  const watcher = consortium.at(0)
  const load = await startLoad(consortium, {
    perSecond: stage.perSecond,
    uses: (host) => host !== VICTIM,
  })
  await delay(WARM_UP_MS)
  const before: Span = { fromMs: performance.now(), toMs: performance.now() + SPAN_MS }
  await delay(SPAN_MS)
  const killedAtMs = performance.now()
  const heightThen = (await watcher.status())?.height ?? 0
  await victim.end('SIGKILL')
  await delay(SLOW_WITHIN_MS)
  const { blocks } = await watcher.get<{ blocks: readonly BlockRow[] }>('/v1/blocks?limit=100')
  const slow = blocks.filter(
    ({ height, round, commitRound }) => height > heightThen && round + commitRound > 0,
  )
  const first = slow.at(-1)
  const sinceEpochMs = Date.now() - performance.now()
  const fromMs = first === undefined ? killedAtMs + 1000 : first.timeMs - sinceEpochMs + 200
  stage.say(
    first === undefined
      ? 'no slow height'
      : `first slow height ${Math.round(first.timeMs - sinceEpochMs - killedAtMs)} ms after the kill`,
  )
  const after: Span = { fromMs, toMs: fromMs + SPAN_MS }
  await delay(Math.max(0, after.toMs - performance.now()) + 3000)
  const then = await watcher.get<{ blocks: readonly BlockRow[] }>('/v1/blocks?limit=100')
  const late = then.blocks.filter(({ round, commitRound }) => round + commitRound > 0)
  victim.start()
  await finalCheck(consortium, load)
  // Only now has every transaction of the spans its answer.
  const measured = {
    before: latenciesOf(load.samples, before.fromMs, before.toMs),
    during: latenciesOf(load.samples, killedAtMs, fromMs),
    after: latenciesOf(load.samples, after.fromMs, after.toMs),
  }
  for (const [name, latencies] of Object.entries(measured)) tell(stage, name, latencies)
  stage.say(`refused: ${refusalsOf(load.samples)}`)
  return [
    { name: 'p50 before', value: measured.before.p50Ms, unit: 'ms' },
    { name: 'p95 before', value: measured.before.p95Ms, unit: 'ms' },
    { name: 'p50 from the kill to the first slow height', value: measured.during.p50Ms, unit: 'ms' },
    { name: 'p50 after the first slow height', value: measured.after.p50Ms, unit: 'ms' },
    { name: 'p95 after the first slow height', value: measured.after.p95Ms, unit: 'ms' },
    { name: 'blocks of later rounds in the last hundred', value: late.length, unit: 'count' },
    {
      name: 'p50 after / before',
      value: measured.after.p50Ms / measured.before.p50Ms,
      unit: 'times',
      atMost: P50_TIMES_MAX,
    },
  ]
}
