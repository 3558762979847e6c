import type {
  Batch,
  DisclosureKind,
  MemberHistory,
  ProvenAnchor,
  Purpose,
  RecordAnchor,
  RecordHeader,
  Result,
  ScopeProof,
  SignedDisclosure,
} from '@medchain/core'
import type { ChunkRequest } from './permitted-chunks.ts'

/** Plaintext that an interrupted reading left, in whole chunks of 64 KiB. */
export type HeldPlaintext = AsyncIterable<Uint8Array>

/** A batch of committed state, and anchors of it from wherever: they are checked against the batch. */
export interface BatchAnchors {
  readonly batch: Batch
  readonly anchorAt: (position: number) => ProvenAnchor | undefined
}

/** How a reader comes to k1. */
export type KeySource =
  /** The chart's own secrets, or those of a grant for the compartment. */
  | { readonly type: 'epochs'; readonly secretOf: (epoch: number) => Uint8Array | undefined }
  /** A grant for single records. */
  | { readonly type: 'records'; readonly k1Of: (recordId: Uint8Array) => Uint8Array | undefined }
  /** The key agent of the reader's institution, which is the serving node. */
  | { readonly type: 'agent' }

/** What to read, as whom, and from whom. */
export interface ReadRequest {
  readonly networkId: Uint8Array
  readonly actor: Uint8Array
  /** Signs with the actor's key. */
  readonly sign: (message: Uint8Array) => Uint8Array
  readonly chart: Uint8Array
  /** 18-byte ids, all of this chart. */
  readonly recordIds: readonly Uint8Array[]
  readonly kind: DisclosureKind
  readonly purpose: Purpose
  readonly grantId?: Uint8Array | undefined
  /** Membership of a record in the scope of a grant for single records. */
  readonly scopeProofOf?: (recordId: Uint8Array) => ScopeProof | undefined
  /** Institution whose node the reader talks to. */
  readonly servingNode: Uint8Array
  /** Who came and went: the choice of holders. */
  readonly memberHistory: MemberHistory
  /** Holders below this height refuse. */
  readonly minHeight: number
  readonly keys: KeySource
  /** Milliseconds since 1970. */
  readonly nowMs: () => number
}

/** How the reader reaches holders; refusals of theirs come back as results, as does `network.*`. */
export interface ReadTransport {
  readonly leg: (
    holder: Uint8Array,
    leg: 'ciphertext' | 'release',
    signed: SignedDisclosure,
  ) => Promise<Result<Uint8Array>>
  readonly agent: (signed: SignedDisclosure, envelopes: readonly Uint8Array[]) => Promise<Result<Uint8Array>>
  readonly chunk: (holder: Uint8Array, request: ChunkRequest) => Promise<Result<Uint8Array>>
  /** A batch with its anchors at these positions, those that it has. */
  readonly anchors: (batchId: Uint8Array, positions: readonly number[]) => Promise<Result<BatchAnchors>>
}

/** A holder that did not answer, or answered what is not on the chain. */
export interface HolderFault {
  readonly holder: Uint8Array
  readonly leg: 'ciphertext' | 'release'
  readonly code: string
}

export interface OpenedRecord {
  readonly recordId: Uint8Array
  readonly header: RecordHeader
  readonly batch: Batch
  /** What the chain keeps of the record; everything opened was checked against it. */
  readonly anchor: RecordAnchor
  /** The envelope's half of the record's keys: what a patient hands on with a grant of this record alone. */
  readonly k1: Uint8Array
  /** The exact bytes; absent for a listing and for what is larger than 8 MiB. */
  readonly bytes: Uint8Array | undefined
  /**
   * The exact bytes in pieces; they count only when the last result is ok. Nothing for a listing. Where `bytes` is
   * absent, behind those that an interrupted reading left.
   */
  readonly pieces: (held?: HeldPlaintext) => AsyncGenerator<Result<Uint8Array>>
}

export interface RecordReading {
  readonly recordId: Uint8Array
  readonly result: Result<OpenedRecord>
  /** What went wrong at single holders on the way, also when another one served the record. */
  readonly faults: readonly HolderFault[]
  /** Age in ms of the head that a holder decided on, where the chain stands still (D8). */
  readonly staleMs?: number | undefined
}
