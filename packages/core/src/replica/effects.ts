import type { ContractEvent } from '../contracts/contract.ts'
import type { Refusal, Result } from '../encoding/index.ts'
import type { Header } from '../ledger/block.ts'
import type { Bucket } from '../state/bucket.ts'
import type { Certificate } from '../votes/certificate.ts'

/** A network neighbour, named by the host for as long as it stays connected (libp2p peer id as text). */
export type PeerId = string

const TIMER_NAMES = ['round', 'resend', 'propose', 'hold', 'bundle', 'bodies', 'sync', 'checkpoint'] as const

export type TimerName = (typeof TIMER_NAMES)[number]

export type GossipTopic = 'blocks' | 'bundles'

export type GossipVerdict = 'accept' | 'ignore' | 'reject'

/** A block beside its certificate, as `encodeCommittedBlock` wrote it. */
export interface StoredBlock {
  readonly height: number
  readonly bytes: Uint8Array
}

export interface CommittedTransaction {
  readonly txId: Uint8Array
  readonly kind: string
  readonly sender: Uint8Array
  readonly events: readonly ContractEvent[]
}

/** Two things that one validator signed for the same (height, round, type); kept, logged and counted. */
export interface EvidenceRecord {
  readonly height: number
  readonly round: number
  readonly kind: 'proposal' | 'prepare' | 'commit' | 'round-change'
  readonly institution: Uint8Array
  /** The signed messages and their signatures. */
  readonly first: { readonly message: Uint8Array; readonly signature: Uint8Array }
  readonly second: { readonly message: Uint8Array; readonly signature: Uint8Array }
}

/** Values of a log event: names and numbers, never content. */
export type LogFields = Readonly<Record<string, string | number | boolean>>

/**
 * What the host does for the replica, strictly in order and completely before the next `handle`: an effect
 * that says «durable» is on disk before the following one starts. A failure of a durable effect stops the
 * process; nothing behind it may be carried out.
 */
export type ReplicaEffect =
  /**
   * Durable. Writes `bytes` into the WAL file behind those of the effect before; with `reset` (and the header in
   * front of them) at its beginning, where they may overwrite those of an earlier height: what is left of these
   * counts for nothing. A crash in between is borne, whatever part of them is on disk. With `keptBytes` the
   * file begins with those very `bytes` and only its tail must go: cutting it to that length does the same,
   * and a crash or a full disk cannot lose what was signed.
   */
  | {
      readonly type: 'persist-wal'
      readonly reset: boolean
      readonly bytes: Uint8Array
      readonly keptBytes?: number
    }
  /**
   * Durable. Overwrites the last-signed record (53 bytes), once the `persist-wal` in front of it is on disk: a crash
   * in between may tear it, for the WAL then knows as much.
   */
  | { readonly type: 'persist-last-signed'; readonly bytes: Uint8Array }
  /** Durable, with one sync for all: consecutive heights right above the head of the block store. */
  | { readonly type: 'append-blocks'; readonly blocks: readonly StoredBlock[] }
  /**
   * Begins one atomic write of buckets (an empty one removes its index), `height` and `meta`; an input
   * `checkpointed` follows once it is durable. Other effects do not wait for it. The buckets may be read
   * but not changed. At most one is under way; `meta` is opaque and comes back through the port.
   */
  | {
      readonly type: 'checkpoint'
      readonly height: number
      readonly buckets: ReadonlyMap<number, Bucket>
      readonly meta: Uint8Array
    }
  /** A consensus frame to one neighbour; dropped in silence if it is gone. */
  | { readonly type: 'send'; readonly to: PeerId; readonly frame: Uint8Array }
  /** A consensus frame to every connected validator but this one. */
  | { readonly type: 'broadcast'; readonly frame: Uint8Array }
  | { readonly type: 'gossip'; readonly topic: GossipTopic; readonly bytes: Uint8Array }
  /** What gossipsub is to do with the message that came in under `token`. */
  | { readonly type: 'gossip-verdict'; readonly token: number; readonly verdict: GossipVerdict }
  /** Asks one neighbour; `sync-response` or `sync-failed` comes back with the same token. */
  | { readonly type: 'sync-request'; readonly to: PeerId; readonly token: number; readonly bytes: Uint8Array }
  /** The answer to the request that came in under `token`. */
  | { readonly type: 'sync-respond'; readonly token: number; readonly bytes: Uint8Array }
  /** One timer a name: setting it again replaces it. It comes back as input `timer` with the same id. */
  | { readonly type: 'set-timer'; readonly name: TimerName; readonly id: number; readonly delayMs: number }
  | { readonly type: 'clear-timer'; readonly name: TimerName }
  /** Outcome of `submit`: the transaction id once it is in the mempool (advisory: not yet committed). */
  | { readonly type: 'submit-result'; readonly token: number; readonly result: Result<Uint8Array> }
  /** A transaction left the mempool without being committed (`tx.expired`, or what the recheck said). */
  | { readonly type: 'dropped'; readonly txId: Uint8Array; readonly refusal: Refusal }
  /** A block is decided, durable and applied. */
  | {
      readonly type: 'committed'
      readonly height: number
      readonly hash: Uint8Array
      readonly header: Header
      readonly certificate: Certificate
      readonly transactions: readonly CommittedTransaction[]
    }
  | { readonly type: 'evidence'; readonly record: EvidenceRecord }
  /** A neighbour sent what no honest one sends; the host counts it against that neighbour. */
  | { readonly type: 'misbehaved'; readonly peer: PeerId; readonly code: string }
  | {
      readonly type: 'log'
      readonly level: 'debug' | 'info' | 'warn' | 'error'
      readonly event: string
      readonly fields: LogFields
    }
  /** The replica does nothing more: the process ends with this code and sentence. */
  | { readonly type: 'halt'; readonly refusal: Refusal }
