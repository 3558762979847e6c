import { measureSpan, spanText } from '../load/span.ts'
import { onStage } from '../load/stage.ts'
import type { Scenario } from './scenario.ts'

const RATES = [1_000, 2_000, 4_000, 6_000] as const
const QUICK_RATES = [2_000] as const
const BUNDLE = 50

/** Fifty transactions a request, at rising rates. */
export const bundles: Scenario = (pace) =>
  onStage(pace, {}, async (stage) => {
    let bestPerSecond = 0
    for (const perSecond of pace.rates ?? (pace.isQuick ? QUICK_RATES : RATES)) {
      const result = await measureSpan(stage, pace, { perSecond, bundle: BUNDLE })
      pace.say(spanText(perSecond, result))
      bestPerSecond = Math.max(bestPerSecond, result.committedPerSecond)
      if (result.committedPerSecond < 0.9 * perSecond) break
    }
    const name = `sustained in bundles of ${BUNDLE}`
    return [{ scenario: 'bundles', name, value: bestPerSecond, unit: 'per second', atLeast: 4_000 }]
  })
