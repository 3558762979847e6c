import { measureSpan, type SpanResult, spanText } from '../load/span.ts'
import { onStage } from '../load/stage.ts'
import type { Figure } from '../report/figure.ts'
import type { Pace, Scenario } from './scenario.ts'

const LOW_RATE = 200
const RATES = [LOW_RATE, 500, 1_000, 1_250, 1_500, 2_000, 2_500] as const
const QUICK_RATES = [LOW_RATE, 1_000] as const
const P95_MS_MAX = 400
const scenario = 'healthy'

/** Whether a rate is borne: nearly all of it is committed while it is offered, and in time. */
const isBorne = (
  offered: number,
  { committedPerSecond, p95Ms }: { committedPerSecond: number; p95Ms: number },
) => committedPerSecond >= 0.97 * offered && p95Ms <= P95_MS_MAX

const latencies = (
  blockIntervalMs: number,
  p50MsMax: number,
  { p50Ms, p95Ms }: SpanResult,
): readonly Figure[] => {
  const at = `${LOW_RATE}/s, block interval ${blockIntervalMs} ms`
  return [
    { scenario, name: `${at}: p50`, value: p50Ms, unit: 'ms', atMost: p50MsMax },
    { scenario, name: `${at}: p95`, value: p95Ms, unit: 'ms' },
  ]
}

const withoutInterval = async (pace: Pace): Promise<readonly Figure[]> =>
  onStage(pace, { parameters: { blockIntervalMs: 0 } }, async (stage) => {
    const result = await measureSpan(stage, pace, { perSecond: LOW_RATE, name: 'block interval 0 ms' })
    pace.say(`block interval 0 ms, ${spanText(LOW_RATE, result)}`)
    return latencies(0, 30, result)
  })

/** Single submissions at rising rates, until one is not borne; the usual block interval of 50 ms. */
const ladder = (pace: Pace): Promise<readonly Figure[]> =>
  onStage(pace, {}, async (stage) => {
    const figures: Figure[] = []
    let bestPerSecond = 0
    for (const perSecond of pace.rates ?? (pace.isQuick ? QUICK_RATES : RATES)) {
      const result = await measureSpan(stage, pace, { perSecond })
      pace.say(spanText(perSecond, result))
      const most = Math.max(...result.daemonMicroseconds)
      if (perSecond === LOW_RATE) figures.push(...latencies(50, 60, result))
      else
        figures.push(
          { scenario, name: `${perSecond}/s: p50`, value: result.p50Ms, unit: 'ms' },
          { scenario, name: `${perSecond}/s: p95`, value: result.p95Ms, unit: 'ms' },
        )
      figures.push({ scenario, name: `${perSecond}/s: processor time a daemon`, value: most, unit: 'µs' })
      if (!isBorne(perSecond, result)) break
      bestPerSecond = result.committedPerSecond
    }
    const name = `single submissions, p95 ≤ ${P95_MS_MAX} ms`
    return [...figures, { scenario, name, value: bestPerSecond, unit: 'per second', atLeast: 2_000 }]
  })

/** All four validators there: latency at a low rate, and how much they bear. */
export const healthy: Scenario = async (pace) => [
  ...(pace.rates === undefined ? await withoutInterval(pace) : []),
  ...(await ladder(pace)),
]
