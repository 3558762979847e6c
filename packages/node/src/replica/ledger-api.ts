import type {
  CommittedBlock,
  EvidenceRecord,
  ReadView,
  ReplicaStatus,
  Result,
  StateProof,
} from '@medchain/core'
import type { CommittedBlockEvent } from './effect-runner.ts'

export interface Submitted {
  readonly txId: Uint8Array
  /** Undefined when the caller did not wait for the commit. */
  readonly height: number | undefined
}

export interface SubmitOptions {
  /** Whether to wait for the commit; the default. */
  readonly wait?: boolean
  readonly timeoutMs?: number
}

/** The chain as this node has it: what the API and the other rooms read, and the way to change it. */
export interface Ledger {
  readonly status: () => ReplicaStatus
  /** Committed state at the head, at the moment of each read; not to be kept across an `await`. */
  readonly view: () => ReadView
  /** Raw value under a state key, with proof against the head's state root. */
  readonly prove: (key: Uint8Array) => { readonly value: Uint8Array | undefined; readonly proof: StateProof }
  /** Encoded committed block; throws StorageError when it is damaged on disk. */
  readonly blockBytes: (height: number) => Uint8Array | undefined
  readonly block: (height: number) => CommittedBlock | undefined
  /**
   * As `block`, and what is not kept here any more comes from a member, verified; `storage.block-pruned` when nobody
   * supplies it, `block.not-found` above the head.
   */
  readonly fetchBlock: (height: number) => Promise<Result<CommittedBlock>>
  /** Blocks below are not kept here. */
  readonly lowestHeight: () => number
  /** Height that committed the transaction. */
  readonly heightOf: (txId: Uint8Array) => number | undefined
  readonly isPending: (txId: Uint8Array) => boolean
  /** Admits a transaction and waits for its commit; the same bytes again give the same answer. */
  readonly submit: (bytes: Uint8Array, options?: SubmitOptions) => Promise<Result<Submitted>>
  /** Calls back after every commit, in order; returns what ends it. */
  readonly onCommitted: (listener: (event: CommittedBlockEvent) => void) => () => void
  /** Calls back for each contradiction of a validator that the replica met; returns what ends it. */
  readonly onEvidence: (listener: (record: EvidenceRecord) => void) => () => void
  /** Whether the head reaches `height` within the time. */
  readonly whenHeight: (height: number, timeoutMs: number) => Promise<boolean>
}
