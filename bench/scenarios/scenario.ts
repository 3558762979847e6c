import type { Mix } from '../load/mix.ts'
import type { Figure } from '../report/figure.ts'
import type { Lender } from './lender.ts'

/** A measured stretch of work, in microseconds of `process.hrtime`, which daemons' profiles share. */
export interface MeasuredSpan {
  readonly name: string
  readonly fromUs: number
  readonly toUs: number
  readonly committed: number
  /** Undefined for a span without a load. */
  readonly load?: LoadFigures
}

/** What one load came to; rates a second, times in ms. */
export interface LoadFigures {
  readonly offered: number
  readonly committed: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  /** How late the clients were, at the 95th percentile; part of the latencies. */
  readonly lateP95Ms: number
  readonly refused: number
}

/** How long a scenario may measure, and where it says what it is at. */
export interface Pace {
  readonly isQuick: boolean
  /** Length of one measured span. */
  readonly spanMs: number
  readonly warmUpMs: number
  /** Transactions a second that somebody asked for, in place of the scenario's own. */
  readonly rates?: readonly number[] | undefined
  readonly mix: Mix
  /** Where networks come from. */
  readonly lender: Lender
  /** Of each daemon's Node.js. */
  readonly runtimeFlags: readonly string[]
  readonly say: (line: string) => void
  /** Hears of each span once it is over. */
  readonly onSpan: (span: MeasuredSpan) => void
}

export type Scenario = (pace: Pace) => Promise<readonly Figure[]>
