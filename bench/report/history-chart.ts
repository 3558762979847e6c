import { type ChartSeries, lineChart } from './line-chart.ts'
import type { KeptFigure, RunRecord } from './run-record.ts'

/** Of each of these scenarios the first rate that has a target, or the first figure that has one. */
const MAIN = [
  ['healthy', '#0b5fa5'],
  ['bundles', '#67a9dd'],
  ['anchors', '#5b7f1f'],
  ['sync', '#b3261e'],
  ['import', '#c77700'],
  ['disclosure', '#7b3fa0'],
  ['command', '#555555'],
] as const

/** How many times as good as its target; undefined without one, or where it was not measured. */
const timesTarget = ({ value, atLeast, atMost }: KeptFigure): number | undefined => {
  if (value === null || value <= 0) return undefined
  if (atLeast !== undefined) return value / atLeast
  return atMost === undefined ? undefined : atMost / value
}

const mainFigure = ({ results }: RunRecord, scenario: string): KeptFigure | undefined => {
  const aimed = results.filter((each) => each.scenario === scenario && timesTarget(each) !== undefined)
  return aimed.find(({ unit }) => unit === 'per second') ?? aimed[0]
}

/** The runs that can be compared over time: those of full length, oldest first. */
const comparable = (runs: readonly RunRecord[]): readonly RunRecord[] =>
  runs.filter(({ conditions }) => !conditions.quick)

/** The main figures of all runs of full length beside their targets; undefined while there is but one. */
export const historyChart = (runs: readonly RunRecord[]): string | undefined => {
  const compared = comparable(runs)
  if (compared.length < 2) return undefined
  const series = MAIN.map(([scenario, colour]): ChartSeries => {
    const points = compared.flatMap((run, index) => {
      const figure = mainFigure(run, scenario)
      const y = figure && timesTarget(figure)
      return y === undefined ? [] : [{ x: index + 1, y }]
    })
    return { name: scenario, colour, isDashed: false, points }
  })
  return lineChart({
    title: 'Main figures beside their targets',
    xTitle: 'runs of full length, oldest first',
    yTitle: 'times as good as the target (logarithmic)',
    xStepMin: 1,
    series: series.filter(({ points }) => points.length > 0),
  })
}
