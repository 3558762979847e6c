import { withPeople } from '../records/people-stage.ts'
import { createReader } from '../records/read-once.ts'
import { quantile } from '../report/quantile.ts'
import type { Scenario } from './scenario.ts'
import { timesOf } from './times.ts'

const WARMING = 10
const READINGS = 100

/** The patient reads records of theirs, one after the other: both legs, each by a statement of its own. */
export const disclosure: Scenario = (pace) =>
  withPeople(pace, async ({ people, importOnce }) => {
    await importOnce()
    const { subject } = await people()
    const readOnce = await createReader(subject)
    await timesOf(WARMING, readOnce)
    const taken = await timesOf(READINGS, readOnce)
    const [p50, p95] = [quantile(taken, 0.5), quantile(taken, 0.95)]
    pace.say(`one small record by both legs: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`)
    const scenario = 'disclosure'
    return [
      { scenario, name: 'one record, both legs: p50', value: p50, unit: 'ms', atMost: 25 },
      { scenario, name: 'one record, both legs: p95', value: p95, unit: 'ms' },
    ]
  })
