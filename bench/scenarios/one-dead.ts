import { measureSpan, spanText, startStage } from '../load/stage.ts'
import type { Scenario } from './scenario.ts'

const PER_SECOND = 500
const VICTIM = 2
const OTHERS = [0, 1, 3] as const

/** One validator dead for good: the others' clients before and after, a few seconds after its death. */
export const oneDead: Scenario = async (pace) => {
  const stage = await startStage(pace)
  try {
    const before = await measureSpan(stage, pace, { perSecond: PER_SECOND, nodes: OTHERS, name: 'all there' })
    pace.say(`all there, ${spanText(PER_SECOND, before)}`)
    await stage.network.daemons[VICTIM]?.end('SIGKILL')
    const after = await measureSpan(stage, pace, { perSecond: PER_SECOND, nodes: OTHERS, name: 'one dead' })
    pace.say(`one dead, ${spanText(PER_SECOND, after)}`)
    const scenario = 'one dead'
    return [
      { scenario, name: `${PER_SECOND}/s, all there: p50`, value: before.p50Ms, unit: 'ms' },
      { scenario, name: `${PER_SECOND}/s, one dead: p50`, value: after.p50Ms, unit: 'ms' },
      {
        scenario,
        name: 'p50, one dead to all there',
        value: after.p50Ms / before.p50Ms,
        unit: 'times',
        atMost: 1.3,
      },
    ]
  } finally {
    await stage.close()
  }
}
