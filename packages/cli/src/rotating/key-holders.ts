import type { KeyringChart } from '@medchain/core'
import type { ChartInfo } from '../client/api-types.ts'
import type { CommandError } from '../command-error.ts'
import type { Session } from '../wallet/session.ts'

/** A chart of the person as the node tells of it. */
export interface ToldChart {
  readonly chart: KeyringChart
  readonly facts: ChartInfo
}

/** One way in which others come to have the secrets of a chart's epochs. */
export interface KeyHolders {
  /** Whether somebody knows the present epoch's secret who is not to know the next one. */
  readonly isDue: (session: Session, told: ToldChart) => Promise<boolean>
  /** Hands all epochs to whoever is entitled now; what failed is left for the next command. */
  readonly handOver: (session: Session, chart: KeyringChart) => Promise<readonly CommandError[]>
}
