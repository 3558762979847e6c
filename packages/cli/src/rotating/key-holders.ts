import type { KeyringChart, ReadView } from '@medchain/core'
import type { ProvenHead } from '../client/proven-view.ts'
import type { CommandError } from '../command-error.ts'
import type { Session } from '../wallet/session.ts'

/** One way in which others come to have the secrets of a chart's epochs. */
export interface KeyHolders {
  /** Whether somebody knows the present epoch's secret who is not to know the next one, by proven state. */
  readonly isDue: (view: ReadView, head: ProvenHead, chart: Uint8Array) => boolean
  /** Hands all epochs to whoever is entitled now; what failed is left for the next command. */
  readonly handOver: (session: Session, chart: KeyringChart) => Promise<readonly CommandError[]>
}
