import type { SignatureVerifier } from '../crypto/signature.ts'
import type { Block } from '../ledger/block.ts'
import type { ValidatorSet } from '../validators/validator-set.ts'
import type { Certificate } from '../votes/certificate.ts'
import type { ConsensusMessage } from './messages.ts'
import type { BlockOutline } from './outline.ts'
import type { ConsensusRecord } from './records.ts'
import type { SigningPosition, SigningStep } from './signing-position.ts'

/** A network neighbour, as the host names it. */
export type Peer = string

/** What is fixed while a height is decided. */
export interface HeightContext {
  readonly height: number
  readonly validators: ValidatorSet
  /** -1 for an observer. */
  readonly selfIndex: number
  /** Index of the proposer of the block below, -1 when it is not in the set (height 1). */
  readonly parentProposerIndex: number
  readonly skipped: ReadonlySet<number>
}

export interface EngineConfig {
  readonly networkId: Uint8Array
  readonly verifier: SignatureVerifier
  /** Signs for this validator, or undefined when it may not sign there: the guard's word is final. */
  readonly sign: (position: SigningPosition, message: Uint8Array) => Uint8Array | undefined
  readonly timeoutMs: (round: number) => number
}

export type EngineInput =
  /** A height begins: at start, after a decision, or because its predecessor was decided elsewhere. */
  | {
      readonly type: 'height'
      readonly context: HeightContext
      /** What the WAL holds of this very height. */
      readonly records: readonly ConsensusRecord[]
    }
  | { readonly type: 'message'; readonly message: ConsensusMessage; readonly from: Peer }
  | { readonly type: 'timer'; readonly name: 'round' | 'resend' }
  /** There is something to decide: the proposer of round 0 is now on the clock. */
  | { readonly type: 'awaiting' }
  /** A block that this validator built for `round`. */
  | { readonly type: 'built'; readonly round: number; readonly block: Block }
  /** The block that a `need-block` asked for, whole: its transactions are those of its header. */
  | { readonly type: 'block'; readonly hash: Uint8Array; readonly block: Block }
  | { readonly type: 'judged'; readonly hash: Uint8Array; readonly isValid: boolean }
  /** A neighbour is back: it gets the messages of the current round. */
  | { readonly type: 'peer'; readonly peer: Peer }

export interface Equivocation {
  readonly height: number
  readonly round: number
  readonly kind: SigningStep
  readonly sender: number
  readonly first: { readonly message: Uint8Array; readonly signature: Uint8Array }
  readonly second: { readonly message: Uint8Array; readonly signature: Uint8Array }
}

/** In order; `persist` comes before every message that it covers and must be durable before them. */
export type EngineEffect =
  | { readonly type: 'persist'; readonly records: readonly ConsensusRecord[] }
  | { readonly type: 'broadcast'; readonly message: ConsensusMessage }
  | { readonly type: 'send'; readonly to: Peer; readonly message: ConsensusMessage }
  | { readonly type: 'set-timer'; readonly name: 'round' | 'resend'; readonly delayMs: number }
  | { readonly type: 'clear-timer'; readonly name: 'round' | 'resend' }
  /** Build a block for this round and hand it back as `built`; round > 0 may not wait. */
  | { readonly type: 'build'; readonly round: number }
  /**
   * Hand the block with this hash back as `block`: one that is proposed, or one that this validator has to propose
   * again and of which it knows only the hash. May come more than once for one block.
   */
  | {
      readonly type: 'need-block'
      readonly hash: Uint8Array
      readonly outline: BlockOutline | undefined
      /** Who sent the proposal. */
      readonly from: Peer | undefined
      /** Members that said they have it. */
      readonly holders: readonly number[]
    }
  /** Execute the block and hand the verdict back as `judged`. */
  | { readonly type: 'judge'; readonly block: Block; readonly hash: Uint8Array; readonly round: number }
  | {
      readonly type: 'decide'
      readonly block: Block
      readonly hash: Uint8Array
      readonly certificate: Certificate
    }
  /** A quorum committed to a block that is not here: fetch it. */
  | { readonly type: 'certified'; readonly certificate: Certificate }
  /** A member voted above this height. */
  | { readonly type: 'behind'; readonly height: number; readonly from: Peer }
  /** A member voted at a height that is decided. */
  | { readonly type: 'laggard'; readonly height: number; readonly from: Peer }
  | { readonly type: 'evidence'; readonly equivocation: Equivocation }
  /** Something a peer did wrong, by code. */
  | { readonly type: 'fault'; readonly code: string; readonly sender: number; readonly from: Peer }
  | { readonly type: 'round'; readonly round: number; readonly reason: 'timeout' | 'jump' | 'proposal' }

export interface EngineView {
  readonly height: number
  readonly round: number
  readonly proposerIndex: number
  /** Something is proposed in the round, whole or not. */
  readonly hasProposal: boolean
  /** What another one proposed in the round is here and not found bad. */
  readonly hasBlock: boolean
  /** Whether this validator has begun to propose in the round, even if it may not sign there. */
  readonly hasProposed: boolean
  readonly isArmed: boolean
  readonly isDecided: boolean
  readonly preparedRound: number | undefined
  readonly preparedHash: Uint8Array | undefined
}

export interface Engine {
  readonly handle: (input: EngineInput) => readonly EngineEffect[]
  readonly view: () => EngineView
  /** A whole block of the height in progress, if it is here. */
  readonly blockOf: (hash: Uint8Array) => Block | undefined
  /** What was proposed at the height in progress, as far as it is remembered. */
  readonly blocks: () => readonly Block[]
}
