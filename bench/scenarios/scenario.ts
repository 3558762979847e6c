import type { Figure } from '../report/figure.ts'

/** A measured stretch of work, in microseconds of `process.hrtime`, which daemons' profiles share. */
export interface MeasuredSpan {
  readonly name: string
  readonly fromUs: number
  readonly toUs: number
  readonly committed: number
}

/** How long a scenario may measure, and where it says what it is at. */
export interface Pace {
  readonly isQuick: boolean
  /** Length of one measured span. */
  readonly spanMs: number
  readonly warmUpMs: number
  /** Transactions a second that somebody asked for, in place of the scenario's own. */
  readonly rates?: readonly number[] | undefined
  /** Of each daemon's Node.js. */
  readonly runtimeFlags: readonly string[]
  readonly say: (line: string) => void
  /** Hears of each span once it is over. */
  readonly onSpan: (span: MeasuredSpan) => void
}

export type Scenario = (pace: Pace) => Promise<readonly Figure[]>
