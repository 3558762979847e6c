import type { SignatureVerifier, Signer } from '../crypto/signature.ts'
import type { BucketStore } from '../state/tree.ts'

/** Committed blocks on disk; reads are synchronous and see every `append-blocks` carried out so far. */
export interface BlockStorePort {
  /** Highest stored height; 0 when there is none. */
  readonly headHeight: () => number
  /** Height from which on blocks are stored; 1 when the port does not say. */
  readonly lowestHeight?: () => number
  /** Encoded committed block, or undefined when it is not (or no longer) stored. */
  readonly readBlock: (height: number) => Uint8Array | undefined
}

/** The last durable checkpoint of the state; reads never see one that is still being written. */
export interface StateStorePort extends BucketStore {
  /** What the last checkpoint carried, or undefined before the first. */
  readonly checkpoint: () => { readonly height: number; readonly meta: Uint8Array } | undefined
  /** Indices of the buckets that hold something. */
  readonly occupied: () => Iterable<number>
}

export interface ReplicaPorts {
  readonly blocks: BlockStorePort
  readonly state: StateStorePort
  readonly verifier: SignatureVerifier
}

/** The validator that this replica votes as; absent for an observer. */
export interface ReplicaSelf {
  /** Account id of the institution. */
  readonly institution: Uint8Array
  /** Holds the voting key. */
  readonly signer: Signer
}
