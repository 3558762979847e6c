import { ask } from '../../test/harness/run-medchain.ts'
import { withPeople } from '../records/people-stage.ts'
import { quantile } from '../report/quantile.ts'
import type { Scenario } from './scenario.ts'
import { timesOf } from './times.ts'

const QUERY = ['query', 'Observation?code=http://loinc.org|4548-4', '--count', '--purpose', 'HOPERAT']
const LATER = 5
const TIMEOUT_MS = 300_000

/** A count over the institution's own charts by the real command. */
export const query: Scenario = (pace) =>
  withPeople(pace, async ({ people, importOnce }) => {
    const { resources } = await importOnce()
    const { author } = await people()
    const [first = 0] = await timesOf(1, () => ask(author, QUERY, { timeoutMs: TIMEOUT_MS }))
    const later = await timesOf(LATER, () => ask(author, QUERY))
    const [p50, p95] = [quantile(later, 0.5), quantile(later, 0.95)]
    pace.say(`first ${Math.round(first)} ms, later p50 ${Math.round(p50)} ms, over ${resources} resources`)
    const scenario = 'query'
    return [
      { scenario, name: 'the first count, which fills the index', value: first, unit: 'ms' },
      { scenario, name: 'a later count, start of the command included: p50', value: p50, unit: 'ms' },
      { scenario, name: 'a later count, start of the command included: p95', value: p95, unit: 'ms' },
    ]
  })
