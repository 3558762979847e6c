import type { ContractEvent, Purpose, Result } from '@medchain/core'
import type { ProofOf } from '../disclosure/own-proofs.ts'
import type { ChainPort, ClockPort, InstitutionPort, LoggerPort, VaultPort } from '../requests/ports.ts'

/** One record opened by the institution itself, through an ordinary, audited disclosure. */
export interface OpenedRecord {
  readonly bytes: Uint8Array
  readonly mediaType: string
}

export interface DirectoryChart {
  readonly chart: Uint8Array
  readonly person: Uint8Array
}

export interface ResearchPorts {
  readonly chain: ChainPort & {
    /** Calls back with the events of each applied block, also of those that sync brought. */
    readonly onEvents: (listener: (events: readonly ContractEvent[]) => void) => () => void
  }
  readonly vault: VaultPort
  readonly self: InstitutionPort
  readonly clock: ClockPort
  readonly logger: LoggerPort
  /** Charts that the institution's directory knows, with the person each belongs to. */
  readonly directoryCharts: () => Promise<readonly DirectoryChart[]>
  /** Opens records of one chart for the institution, at most 200; results by hexadecimal record id. */
  readonly read: (
    chart: Uint8Array,
    recordIds: readonly Uint8Array[],
    purpose: Purpose,
  ) => Promise<ReadonlyMap<string, Result<OpenedRecord>>>
  /** Proofs of records that grants to the institution list in a chart. */
  readonly proofsOf: (chart: Uint8Array, purpose: Purpose) => Promise<ProofOf>
  /** Hands rows to another institution's node; its refusal comes back. */
  readonly deliver: (institution: Uint8Array, delivery: Uint8Array) => Promise<Result<void>>
  /** Asks the broker of a grant under which pseudonyms it delivered erased records; its refusal comes back. */
  readonly rowNames: (
    broker: Uint8Array,
    grantId: Uint8Array,
    recordIds: readonly Uint8Array[],
  ) => Promise<Result<readonly Uint8Array[]>>
  /** HMAC-SHA-256 under a secret of this node that never leaves it. */
  readonly pseudonymize: (message: Uint8Array) => Uint8Array
}
