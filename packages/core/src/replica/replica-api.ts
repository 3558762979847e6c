import type { Header } from '../ledger/block.ts'
import type { NetworkParameters } from '../ledger/genesis.ts'
import type { StateProof } from '../state/proof.ts'
import type { StateReader } from '../state/view.ts'
import type { ValidatorSet } from '../validators/validator-set.ts'
import type { ReplicaEffect } from './effects.ts'
import type { ReplicaInput } from './inputs.ts'

export interface BlockSummary {
  readonly height: number
  readonly hash: Uint8Array
  readonly timeMs: number
  /** Round that built the block. */
  readonly round: number
  /** Round whose commits decided it. */
  readonly commitRound: number
  readonly proposer: Uint8Array
  readonly transactions: number
  readonly sizeBytes: number
}

export interface ProtocolStatus {
  /** Version of the height in progress. */
  readonly version: number
  /** Versions that this software knows. */
  readonly supported: readonly number[]
  /** A version that was voted for and is not yet in force; the node stops before it if it is not supported. */
  readonly next: { readonly version: number; readonly fromHeight: number } | undefined
}

export interface ReplicaStatus {
  readonly networkId: Uint8Array
  /** Height of the head; 0 before the first block. */
  readonly height: number
  /** Network id at height 0. */
  readonly headHash: Uint8Array
  readonly headTimeMs: number
  readonly head: Header | undefined
  readonly stateRoot: Uint8Array
  /** Round of the height in progress. */
  readonly round: number
  /** How long this node waits for round 0, from what rounds took lately. */
  readonly roundTimeoutMs: number
  readonly validators: ValidatorSet
  /** Institutions that are passed over as proposers of the height in progress. */
  readonly skipped: readonly Uint8Array[]
  readonly parameters: NetworkParameters
  readonly protocol: ProtocolStatus
  /** Index among the validators, -1 for an observer. */
  readonly selfIndex: number
  /** Institution that proposes in the current round. */
  readonly proposer: Uint8Array
  /** Whether nothing was proposed in the current round yet. */
  readonly awaitsProposal: boolean
  readonly syncing: boolean
  /** Highest height that a neighbour gave reason to expect; never trusted. */
  readonly seenHeight: number
  /** Why this validator does not sign at the present height, if so. */
  readonly abstaining: string | undefined
  readonly mempool: { readonly transactions: number; readonly sizeBytes: number }
  readonly checkpointHeight: number
  readonly peers: number
  readonly evidenceCount: number
  /** Newest first. */
  readonly blocks: readonly BlockSummary[]
}

export interface Replica {
  /** Takes one input and says what the host is to do, in order. Throws only on a broken invariant. */
  readonly handle: (input: ReplicaInput) => readonly ReplicaEffect[]
  readonly status: () => ReplicaStatus
  /** Committed state at the head. */
  readonly reader: () => StateReader & { readonly prove: (key: Uint8Array) => StateProof }
  /** Whether a transaction id was committed and its expiry has not passed. */
  readonly isRecent: (txId: Uint8Array) => boolean
  /** Whether the transaction waits in the mempool. */
  readonly isPending: (txId: Uint8Array) => boolean
}
