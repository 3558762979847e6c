import { measureSpan, spanText, startStage } from '../load/stage.ts'
import type { Figure } from '../report/figure.ts'
import type { Pace, Scenario } from './scenario.ts'

const RATES = [200, 500, 1_000, 1_500, 2_000, 2_500] as const
const QUICK_RATES = [200, 1_000] as const
const P95_MS_MAX = 400

/** Whether a rate is borne: nearly all of it is committed while it is offered, and in time. */
const isBorne = (
  offered: number,
  { committedPerSecond, p95Ms }: { committedPerSecond: number; p95Ms: number },
) => committedPerSecond >= 0.97 * offered && p95Ms <= P95_MS_MAX

const latencyAt = async (
  pace: Pace,
  blockIntervalMs: number,
  p50MsMax: number,
): Promise<readonly Figure[]> => {
  const stage = await startStage(pace, { parameters: { blockIntervalMs } })
  try {
    const result = await measureSpan(stage, pace, {
      perSecond: 200,
      name: `block interval ${blockIntervalMs} ms`,
    })
    pace.say(`block interval ${blockIntervalMs} ms, ${spanText(200, result)}`)
    const at = `block interval ${blockIntervalMs} ms, 200/s`
    const scenario = 'healthy'
    return [
      { scenario, name: `${at}: p50`, value: result.p50Ms, unit: 'ms', atMost: p50MsMax },
      { scenario, name: `${at}: p95`, value: result.p95Ms, unit: 'ms' },
    ]
  } finally {
    await stage.close()
  }
}

/** Single submissions at rising rates, until one is not borne. */
const ladder = async (pace: Pace): Promise<readonly Figure[]> => {
  const stage = await startStage(pace)
  const scenario = 'healthy'
  const figures: Figure[] = []
  let bestPerSecond = 0
  try {
    for (const perSecond of pace.rates ?? (pace.isQuick ? QUICK_RATES : RATES)) {
      const result = await measureSpan(stage, pace, { perSecond })
      pace.say(spanText(perSecond, result))
      const [least = 0] = [...result.daemonMicroseconds].sort((a, b) => b - a)
      figures.push(
        { scenario, name: `${perSecond}/s single: p50`, value: result.p50Ms, unit: 'ms' },
        { scenario, name: `${perSecond}/s single: p95`, value: result.p95Ms, unit: 'ms' },
        { scenario, name: `${perSecond}/s single: processor time a daemon`, value: least, unit: 'µs' },
      )
      if (!isBorne(perSecond, result)) break
      bestPerSecond = result.committedPerSecond
    }
    const name = `sustained single submissions, p95 ≤ ${P95_MS_MAX} ms`
    return [...figures, { scenario, name, value: bestPerSecond, unit: 'per second', atLeast: 2_000 }]
  } finally {
    await stage.close()
  }
}

/** All four validators there: latency at a low rate, and how much they bear. */
export const healthy: Scenario = async (pace) => [
  ...(await latencyAt(pace, 0, 30)),
  ...(await latencyAt(pace, 50, 60)),
  ...(await ladder(pace)),
]
