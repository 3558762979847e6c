import type { Figure } from '../report/figure.ts'

/** How long a scenario may measure, and where it says what it is at. */
export interface Pace {
  readonly isQuick: boolean
  /** Length of one measured span. */
  readonly spanMs: number
  readonly warmUpMs: number
  readonly say: (line: string) => void
}

export type Scenario = (pace: Pace) => Promise<readonly Figure[]>
