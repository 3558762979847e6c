import { setTimeout as delay } from 'node:timers/promises'
import { anonymousMegabytesOf, processorSecondsOf } from '../network/process-cost.ts'
import { withPeople } from '../records/people-stage.ts'
import type { Scenario } from './scenario.ts'

const SETTLED_MS = 3_000
/** Processor time is counted in hundredths of a second. */
const SPAN_MS_MIN = 5_000

/** All four daemons left alone for a while: the one that takes most. */
export const rest: Scenario = (pace) =>
  withPeople(pace, async ({ network }) => {
    const pids = network.daemons.map((daemon) => daemon.pid() ?? 0)
    await delay(SETTLED_MS)
    const before = await Promise.all(pids.map(processorSecondsOf))
    const spanMs = Math.max(SPAN_MS_MIN, pace.spanMs)
    await delay(spanMs)
    const after = await Promise.all(pids.map(processorSecondsOf))
    const megabytes = Math.max(...(await Promise.all(pids.map(anonymousMegabytesOf))))
    const seconds = Math.max(...after.map((each, node) => each - (before[node] ?? 0)))
    const share = (100 * seconds) / (spanMs / 1000)
    pace.say(`${megabytes.toFixed(0)} MB, ${share.toFixed(1)} % of a core`)
    const scenario = 'at rest'
    return [
      { scenario, name: 'memory of a daemon (RssAnon)', value: megabytes, unit: 'MB', atMost: 180 },
      { scenario, name: 'processor time of a daemon', value: share, unit: '%', atMost: 1 },
    ]
  })
