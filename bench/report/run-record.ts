import { execFileSync } from 'node:child_process'
import { loadavg } from 'node:os'
import type { MachineCeiling } from '../machine/ceiling.ts'
import { describeMachine, type Machine } from '../machine/description.ts'
import type { BenchOptions } from '../options.ts'
import type { LoadFigures } from '../scenarios/scenario.ts'
import { type Figure, ratioOf } from './figure.ts'

/** A figure as it is kept; null for what could not be measured. */
export interface KeptFigure extends Omit<Figure, 'value'> {
  readonly value: number | null
  /** To the machine's ceiling. */
  readonly ratio?: number
}

export interface KeptLoad extends Readonly<Record<keyof LoadFigures, number | null>> {
  readonly scenario: string
  readonly name: string
}

/** One run, as one line of the history. */
export interface RunRecord {
  readonly at: string
  readonly commit: string
  readonly node: string
  readonly machine: Machine
  readonly conditions: {
    readonly quick: boolean
    /** Those that came to an end. */
    readonly scenarios: readonly string[]
    readonly failed: readonly string[]
    readonly rates?: readonly number[]
    readonly mix: Readonly<Record<string, number>>
    readonly spanSeconds: number
    readonly warmUpSeconds: number
    /** Load average before and after. */
    readonly load: readonly number[]
  }
  readonly ceiling: MachineCeiling
  readonly results: readonly KeptFigure[]
  /** Every measured load. */
  readonly loads: readonly KeptLoad[]
}

/** What a run gathered. */
export interface RunResults {
  readonly options: BenchOptions
  readonly ceiling: MachineCeiling
  readonly loadBefore: number
  /** Scenarios without figures. */
  readonly failed: readonly string[]
  readonly figures: readonly Figure[]
  readonly loads: readonly ({ readonly scenario: string; readonly name: string } & LoadFigures)[]
}

const commitNow = (): string => {
  try {
    const options = { cwd: import.meta.dirname, encoding: 'utf8' as const }
    const head = execFileSync('git', ['rev-parse', '--short', 'HEAD'], options).trim()
    const isChanged = execFileSync('git', ['status', '--porcelain', '-uno'], options).trim() !== ''
    return isChanged ? `${head} with changes` : head
  } catch {
    return 'unknown'
  }
}

const rounded = (value: number): number | null =>
  Number.isFinite(value) ? Number(value.toPrecision(4)) : null

const roundedAll = <T extends object>(numbers: T): T =>
  Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [
      name,
      typeof value === 'number' ? rounded(value) : value,
    ]),
  ) as T

const keptFigure = (figure: Figure, ceiling: MachineCeiling): KeptFigure => {
  const ratio = rounded(ratioOf(figure, ceiling) ?? Number.NaN)
  return { ...figure, value: rounded(figure.value), ...(ratio !== null && { ratio }) }
}

export const recordOf = ({
  options,
  ceiling,
  loadBefore,
  failed,
  figures,
  loads,
}: RunResults): RunRecord => ({
  at: new Date().toISOString(),
  commit: commitNow(),
  node: process.versions.node,
  machine: describeMachine(),
  conditions: {
    quick: options.isQuick,
    scenarios: options.scenarios.filter((name) => !failed.includes(name)),
    failed,
    ...(options.rates && { rates: options.rates }),
    mix: Object.fromEntries(options.mix),
    spanSeconds: options.spanMs / 1000,
    warmUpSeconds: options.warmUpMs / 1000,
    load: [loadBefore, loadavg()[0] ?? 0].map((load) => Number(load.toFixed(2))),
  },
  ceiling: roundedAll(ceiling),
  results: figures.map((figure) => keptFigure(figure, ceiling)),
  loads: loads.map(roundedAll),
})
