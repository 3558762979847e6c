import { COMPARISONS, type ComparedLatency } from './comparisons.ts'
import { type ChartPoint, type ChartSeries, lineChart } from './line-chart.ts'
import type { RunRecord } from './run-record.ts'

const OWN = ['#0b5fa5', '#67a9dd'] as const
const OTHERS = [
  ['#b3261e', '#e08a83'],
  ['#5b7f1f', '#a8c66c'],
] as const

const TITLE = 'From submission to the committed block'

/** The loads of single submissions at rising rates. */
export const latencyCurve = ({ loads }: RunRecord) =>
  loads
    .filter(({ scenario, name }) => scenario === 'healthy' && /^\d+\/s$/.test(name))
    .sort((a, b) => (a.offered ?? 0) - (b.offered ?? 0))

const pointsOf = (latencies: readonly ComparedLatency[], which: 'p50Ms' | 'p95Ms'): readonly ChartPoint[] =>
  latencies.flatMap(({ perSecond, [which]: value }) => {
    if (value === undefined) return []
    if (typeof value === 'number') return { x: perSecond, y: value }
    return { x: perSecond, y: (value[0] + value[1]) / 2, range: value }
  })

const ownSeries = (run: RunRecord): readonly ChartSeries[] =>
  (['p50Ms', 'p95Ms'] as const).map((which, index) => ({
    name: `MedChain, ${which.slice(0, 3)}`,
    colour: OWN[index] as string,
    isDashed: false,
    points: latencyCurve(run).flatMap(({ offered, [which]: y }) =>
      offered === null || y === null ? [] : { x: offered, y },
    ),
  }))

/** Median and 95th percentile of MedChain over the offered rate, others dashed. */
export const latencyChart = (run: RunRecord | undefined): string => {
  const others = COMPARISONS.flatMap(({ name, latencies }, index) =>
    (['p50Ms', 'p95Ms'] as const).map((which, shade) => ({
      name: `${name}, ${which.slice(0, 3)}`,
      colour: OTHERS[index]?.[shade] ?? '#666666',
      isDashed: true,
      points: pointsOf(latencies, which),
    })),
  )
  return lineChart({
    title: TITLE,
    xTitle: 'transactions offered a second',
    yTitle: 'ms (logarithmic)',
    series: [...(run === undefined ? [] : ownSeries(run)), ...others].filter(
      ({ points }) => points.length > 0,
    ),
  })
}
