import { loadavg } from 'node:os'
import type { Sample } from './load.ts'

/** Nearest rank; NaN of nothing. */
export const quantile = (values: readonly number[], part: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

export interface Latencies {
  readonly acknowledged: number
  readonly refused: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
}

/** Of transactions that were due in a span. */
export const latenciesOf = (samples: readonly Sample[], fromMs: number, toMs: number): Latencies => {
  const within = samples.filter(({ dueAtMs }) => dueAtMs >= fromMs && dueAtMs < toMs)
  const times = within.filter(({ height }) => height !== undefined).map(({ latencyMs }) => latencyMs)
  const at = (part: number): number => Math.round(quantile(times, part))
  return {
    ...{ acknowledged: times.length, refused: within.length - times.length },
    ...{ p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) },
  }
}

/** How often clients were told what, most frequent first. */
export const refusalsOf = (samples: readonly Sample[]): string => {
  const times = new Map<string, number>()
  for (const { refusal } of samples) if (refusal) times.set(refusal, (times.get(refusal) ?? 0) + 1)
  const rows = [...times].sort(([, a], [, b]) => b - a)
  return rows.map(([code, count]) => `${count} ${code}`).join(', ') || 'none'
}

/** What a scenario measured, what it must not exceed, and how busy the machine was. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: 'ms' | 'times' | 'count'
  readonly atMost?: number
}

export const isWithin = ({ value, atMost }: Figure): boolean => atMost === undefined || value <= atMost

const rounded = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(2))

export const tableOf = (figures: readonly Figure[]): string =>
  figures
    .map((figure) => {
      const bound = figure.atMost === undefined ? '' : `at most ${rounded(figure.atMost)}`
      const verdict = isWithin(figure) ? '' : '  EXCEEDED'
      return `  ${figure.name.padEnd(44)} ${rounded(figure.value).padStart(10)} ${figure.unit.padEnd(6)} ${bound}${verdict}`
    })
    .join('\n')

/** Processes that wanted a core in the last minute. */
export const loadOfMachine = (): number => Math.round((loadavg()[0] ?? 0) * 100) / 100
