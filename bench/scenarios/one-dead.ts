import { measureSpan, spanText } from '../load/span.ts'
import { onStage } from '../load/stage.ts'
import type { Scenario } from './scenario.ts'

const PER_SECOND = 500
const VICTIM = 2
const OTHERS = [0, 1, 3] as const

/** One validator dead for good: the others' clients before and after, a few seconds after its death. */
export const oneDead: Scenario = (pace) =>
  onStage(pace, { isSpoiled: true }, async (stage) => {
    const [perSecond = PER_SECOND] = pace.rates ?? []
    const load = { perSecond, nodes: OTHERS }
    const before = await measureSpan(stage, pace, { ...load, name: 'all there' })
    pace.say(`all there, ${spanText(perSecond, before)}`)
    await stage.network.daemons[VICTIM]?.end('SIGKILL')
    const after = await measureSpan(stage, pace, { ...load, name: 'one dead' })
    pace.say(`one dead, ${spanText(perSecond, after)}`)
    const scenario = 'one dead'
    // Where not even all four bear the rate there is nothing to compare.
    const isBorne = before.committedPerSecond >= 0.9 * perSecond
    const ratio = isBorne ? after.p50Ms / before.p50Ms : Number.NaN
    return [
      { scenario, name: `${perSecond}/s, all there: p50`, value: before.p50Ms, unit: 'ms' },
      { scenario, name: `${perSecond}/s, one dead: p50`, value: after.p50Ms, unit: 'ms' },
      { scenario, name: 'p50, one dead to all there', value: ratio, unit: 'times', atMost: 1.3 },
    ]
  })
