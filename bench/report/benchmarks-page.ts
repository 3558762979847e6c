import { COMPARISONS, type ComparedLatency } from './comparisons.ts'
import { isHeld } from './figure.ts'
import { historyChart } from './history-chart.ts'
import { latencyCurve } from './latency-chart.ts'
import type { KeptFigure, RunRecord } from './run-record.ts'
import { ceilingText, plain, targetOf } from './table.ts'

const RUNS_MAX = 6
const BUSY_LOAD = 0.5

const HEAD = `# Benchmarks

Made by \`npm run bench:document\` from [bench/history.jsonl](../bench/history.jsonl), to which \`npm run bench -- --record\` adds a line; [bench/README.md](../bench/README.md) says how everything is measured.
`

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n')

const known = (value: number | null): string => (value === null ? '–' : plain(value))

const figureOf = (figure: KeptFigure) => ({ ...figure, value: figure.value ?? Number.NaN })

/** Failed ones too, or a run in which something fails would never be shown. */
const scenariosAsked = ({ conditions: { scenarios, failed } }: RunRecord): number =>
  scenarios.length + failed.length

/** The run that is shown: of full length before quick, of more scenarios before fewer, then the newest. */
export const shownRun = (runs: readonly RunRecord[]): RunRecord | undefined =>
  [...runs].sort(
    (a, b) =>
      Number(a.conditions.quick) - Number(b.conditions.quick) ||
      scenariosAsked(b) - scenariosAsked(a) ||
      b.at.localeCompare(a.at),
  )[0]

const conditions = (run: RunRecord): string => {
  const { machine, conditions: its, ceiling } = run
  const [before = 0, after = 0] = its.load
  const mix = Object.entries(its.mix).map(([kind, share]) => `${kind} ${share}`)
  const failed = its.failed.length === 0 ? [] : [`Scenarios that failed: ${its.failed.join(', ')}.`]
  const lines = [
    `Measured ${run.at.slice(0, 10)} at commit ${run.commit}, Node.js ${run.node}.`,
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGigabytes} GB, ${machine.system}. Four daemons, the clients and all else share them; the network is the loopback address.`,
    `The machine’s ceiling: ${ceilingText(ceiling)}.`,
    `Spans of ${its.spanSeconds} s after ${its.warmUpSeconds} s of warming up${its.quick ? ' (a quick run)' : ''}; mix of transactions: ${mix.join(', ')}.`,
    `Load average ${before} before the run and ${after} after it.${before > BUSY_LOAD ? ' **The machine was busy with other work, and every figure suffers.**' : ''}`,
    ...failed,
  ]
  return `## Conditions\n\n${lines.map((line) => `- ${line}`).join('\n')}\n`
}

const ratioText = ({ ratio }: KeptFigure): string => (ratio === undefined ? '' : plain(ratio))

const results = ({ results: figures }: RunRecord): string => {
  const withTarget = figures.filter((figure) => isHeld(figureOf(figure)) !== undefined)
  const others = figures.filter((figure) => !withTarget.includes(figure))
  const held = (figure: KeptFigure): string => (isHeld(figureOf(figure)) ? 'held' : '**missed**')
  const cells = (figure: KeptFigure) => [
    ...[figure.scenario, figure.name, `${known(figure.value)} ${figure.unit}`],
  ]
  return `## Targets

${table(
  ['Scenario', 'Figure', 'Measured', 'Target', '', 'To the ceiling'],
  withTarget.map((figure) => [...cells(figure), targetOf(figure), held(figure), ratioText(figure)]),
)}

The last column sets each figure beside this machine's ceiling, so that machines compare as far as the processor or the disk decides: rates as a share of the signatures that one core verifies in a second, processor times as a multiple of one verification, waiting as a multiple of one disk sync and one round trip.

## Other figures

${table(
  ['Scenario', 'Figure', 'Measured', 'To the ceiling'],
  others.map((figure) => [...cells(figure), ratioText(figure)]),
)}
`
}

const rangeText = (value: ComparedLatency['p95Ms']): string => {
  if (value === undefined) return '–'
  return typeof value === 'number' ? plain(value) : `${plain(value[0])}–${plain(value[1])}`
}

const latency = (run: RunRecord | undefined): string => {
  const own = (run === undefined ? [] : latencyCurve(run)).map((load) => [
    ...['MedChain', known(load.offered), known(load.committed), known(load.p50Ms), known(load.p95Ms)],
    ...[load.refused ? `${plain(load.refused)} refused` : ''],
  ])
  const others = COMPARISONS.flatMap(({ name, latencies }) =>
    latencies.map(({ perSecond, p50Ms, p95Ms, note = '' }) => [
      ...[name, plain(perSecond), '', rangeText(p50Ms), rangeText(p95Ms), note],
    ]),
  )
  const settings = COMPARISONS.map(
    ({ name, setting, note }) => `${name}: ${setting}${note === undefined ? '' : `; ${note}`}.`,
  )
  return `## Latency over offered rate

![Median and 95th percentile of the time from submission to the committed block, over the offered rate](benchmarks-latency.svg)

${table(['Program', 'Offered a second', 'Committed a second', 'p50 ms', 'p95 ms', ''], [...own, ...others])}

The dashed lines were measured on a machine of the same kind; thin upright lines show how far runs lay apart. ${settings.join(' ')} MedChain: block interval 50 ms, one transaction a request; its time ends with the answer that names its block.
`
}

const history = (runs: readonly RunRecord[], shown: RunRecord): string => {
  const newest = runs.slice(-RUNS_MAX).reverse()
  const titles = newest.map(
    ({ at, commit, conditions: its }) => `${at.slice(0, 10)} ${commit}${its.quick ? ', quick' : ''}`,
  )
  const figures = shown.results.filter((figure) => isHeld(figureOf(figure)) !== undefined)
  const rows = figures.map(({ scenario, name, unit, ...target }) => [
    ...[scenario, `${name}, ${unit}`, targetOf(target)],
    ...newest.map((run) => {
      const same = run.results.find((each) => each.scenario === scenario && each.name === name)
      return same === undefined ? '' : known(same.value)
    }),
  ])
  const chart =
    historyChart(runs) === undefined
      ? ''
      : '![Main figures of all runs as multiples of their targets](benchmarks-history.svg)\n\n'
  return `## History\n\n${chart}${table(['Scenario', 'Figure', 'Target', ...titles], rows)}\n`
}

/** `docs/benchmarks.md`, from all runs, oldest first. */
export const benchmarksPage = (runs: readonly RunRecord[]): string => {
  const shown = shownRun(runs)
  if (shown === undefined) return [HEAD, 'No run is recorded yet.\n', latency(undefined)].join('\n')
  return [HEAD, conditions(shown), results(shown), latency(shown), history(runs, shown)].join('\n')
}
