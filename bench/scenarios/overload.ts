import { measureSpan, spanText } from '../load/span.ts'
import { onStage } from '../load/stage.ts'
import type { Scenario } from './scenario.ts'

const RATES = [500, 1_000, 1_500, 2_000, 2_500, 3_000] as const
const QUICK_RATES = [2_000] as const

/** The knee, then twice as much: what comes through, and what the others are told. */
export const overload: Scenario = (pace) =>
  onStage(pace, {}, async (stage) => {
    let kneePerSecond = 0
    for (const perSecond of pace.rates ?? (pace.isQuick ? QUICK_RATES : RATES)) {
      const result = await measureSpan(stage, pace, { perSecond })
      pace.say(spanText(perSecond, result))
      kneePerSecond = Math.max(kneePerSecond, result.committedPerSecond)
      if (result.committedPerSecond < 0.9 * perSecond) break
    }
    const result = await measureSpan(stage, pace, {
      perSecond: Math.round(2 * kneePerSecond),
      name: 'twice the knee',
    })
    pace.say(`twice the knee, ${spanText(Math.round(2 * kneePerSecond), result)}`)
    const scenario = 'overload'
    return [
      { scenario, name: 'knee', value: kneePerSecond, unit: 'per second' },
      {
        ...{ scenario, name: 'goodput at twice the knee, of the knee', unit: '%', atLeast: 90 },
        value: (100 * result.committedPerSecond) / kneePerSecond,
      },
      { scenario, name: 'p95 of what came through at twice the knee', value: result.p95Ms, unit: 'ms' },
    ]
  })
