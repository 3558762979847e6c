import { setTimeout as delay } from 'node:timers/promises'
import { ask, run } from '../../test/harness/run-medchain.ts'
import { startBenchNetwork } from '../network/bench-network.ts'
import { anonymousMegabytesOf, processorSecondsOf } from '../network/process-cost.ts'
import { type BenchPerson, enrolPerson, writeCharts } from '../records/bench-people.ts'
import { createReader } from '../records/read-once.ts'
import type { Figure } from '../report/figure.ts'
import { quantile } from '../report/quantile.ts'
import type { Pace, Scenario } from './scenario.ts'

const READINGS = 100
const COMMANDS = 11
const SETTLED_MS = 3_000

const times = async (count: number, work: () => Promise<unknown>): Promise<readonly number[]> => {
  const taken: number[] = []
  for (let each = 0; each < count; each++) {
    const startedAt = performance.now()
    await work()
    taken.push(performance.now() - startedAt)
  }
  return taken
}

/** One `medchain record import` of many bundles: encrypted, with both holder sets, anchored. */
const importing = async (
  dir: string,
  author: BenchPerson,
  subject: BenchPerson,
  pace: Pace,
): Promise<readonly Figure[]> => {
  const { folder, resources } = writeCharts(dir, pace.isQuick ? 500 : 5_000)
  const startedAt = performance.now()
  const { imported } = await ask<{ readonly imported: number }>(
    author,
    ['record', 'import', folder, '--subject', subject.did],
    { timeoutMs: 600_000 },
  )
  const seconds = (performance.now() - startedAt) / 1000
  if (imported !== resources) throw new Error(`${imported} of ${resources} resources were imported`)
  pace.say(`${imported} resources in ${seconds.toFixed(1)} s, start of the command included`)
  return [
    {
      scenario: 'import',
      name: 'FHIR resources',
      value: imported / seconds,
      unit: 'per second',
      atLeast: 1_500,
    },
  ]
}

const reading = async (subject: BenchPerson, pace: Pace): Promise<readonly Figure[]> => {
  const readOnce = await createReader(subject)
  await times(10, readOnce)
  const taken = await times(READINGS, readOnce)
  const [p50, p95] = [quantile(taken, 0.5), quantile(taken, 0.95)]
  pace.say(`one small record by both legs: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`)
  return [
    { scenario: 'disclosure', name: 'one record, both legs: p50', value: p50, unit: 'ms', atMost: 25 },
    { scenario: 'disclosure', name: 'one record, both legs: p95', value: p95, unit: 'ms' },
  ]
}

const querying = async (author: BenchPerson): Promise<readonly Figure[]> => {
  const query = ['query', 'Observation?code=http://loinc.org|4548-4', '--count', '--purpose', 'HOPERAT']
  const [first = 0] = await times(1, () => ask(author, query, { timeoutMs: 300_000 }))
  const later = await times(5, () => ask(author, query))
  return [
    { scenario: 'query', name: 'the first count, which fills the index', value: first, unit: 'ms' },
    {
      scenario: 'query',
      name: 'a later count, start of the command included: p50',
      value: quantile(later, 0.5),
      unit: 'ms',
    },
  ]
}

/** All four daemons left alone for a while; then a plain command, process start to exit. */
const resting = async (
  network: Awaited<ReturnType<typeof startBenchNetwork>>,
  pace: Pace,
): Promise<readonly Figure[]> => {
  const pids = network.daemons.map((daemon) => daemon.pid() ?? 0)
  await delay(SETTLED_MS)
  const before = await Promise.all(pids.map(processorSecondsOf))
  await delay(pace.spanMs)
  const after = await Promise.all(pids.map(processorSecondsOf))
  const megabytes = Math.max(...(await Promise.all(pids.map(anonymousMegabytesOf))))
  const share =
    Math.max(...after.map((seconds, node) => seconds - (before[node] ?? 0))) / (pace.spanMs / 1000)
  const seat = { home: network.dir, url: network.daemons[0]?.apiUrl ?? '' }
  const taken = await times(COMMANDS, () => run(seat, ['node', 'status', '--json']))
  const scenario = 'at rest'
  return [
    { scenario, name: 'memory of a daemon (RssAnon)', value: megabytes, unit: 'MB', atMost: 180 },
    { scenario, name: 'processor time of a daemon', value: 100 * share, unit: '%', atMost: 1 },
    {
      scenario,
      name: 'a plain command, start to exit: p50',
      value: quantile(taken, 0.5),
      unit: 'ms',
      atMost: 250,
    },
  ]
}

/** What people do with records, by the real commands on real daemons. */
export const records: Scenario = async (pace) => {
  const network = await startBenchNetwork(pace)
  try {
    const figures = [...(await resting(network, pace))]
    const author = await enrolPerson(network, 'clinician', 'practitioner')
    const subject = await enrolPerson(network, 'patient', 'patient')
    figures.push(...(await importing(network.dir, author, subject, pace)))
    figures.push(...(await reading(subject, pace)))
    figures.push(...(await querying(author)))
    return figures
  } finally {
    await network.close()
  }
}
