import type { Figure } from './figures.ts'

/** What a scenario is given. */
export interface Stage {
  readonly dir: string
  readonly seed: number
  readonly seconds: number
  /** Transactions, where a scenario measures latencies under load. */
  readonly perSecond: number
  readonly say: (text: string) => void
}

/** Throws a `Violation` when something broke; gives what it measured otherwise. */
export type Scenario = (stage: Stage) => Promise<readonly Figure[]>
