import type { GossipTopic, PeerId, TimerName } from './effects.ts'

/** What happens to a replica; `nowMs` is the host's wall clock (ms since 1970), read once for each input. */
export type ReplicaInput = { readonly nowMs: number } & (
  | {
      /** Once, first. Both files as found on disk, undefined where there is none. */
      readonly type: 'start'
      readonly wal: Uint8Array | undefined
      readonly lastSigned: Uint8Array | undefined
    }
  /** A consensus frame from an admitted neighbour. */
  | { readonly type: 'frame'; readonly from: PeerId; readonly bytes: Uint8Array }
  /** A gossip message; `token` comes back in `gossip-verdict`. */
  | {
      readonly type: 'gossip'
      readonly from: PeerId
      readonly topic: GossipTopic
      readonly token: number
      readonly bytes: Uint8Array
    }
  | {
      readonly type: 'sync-request'
      readonly from: PeerId
      readonly token: number
      readonly bytes: Uint8Array
    }
  | {
      readonly type: 'sync-response'
      readonly from: PeerId
      readonly token: number
      readonly bytes: Uint8Array
    }
  /** The request under `token` got no answer (stream broken, time limit of the host). */
  | { readonly type: 'sync-failed'; readonly from: PeerId; readonly token: number }
  /** A client's encoded transaction; `submit-result` answers under `token`. */
  | { readonly type: 'submit'; readonly token: number; readonly bytes: Uint8Array }
  | { readonly type: 'timer'; readonly name: TimerName; readonly id: number }
  /**
   * `institution`: account id that the node key stands for, when it is known. A validator needs it of the other
   * validators: only they get its round again, and only their word counts after it lost its memory.
   */
  | { readonly type: 'peer-up'; readonly peer: PeerId; readonly institution: Uint8Array | undefined }
  | { readonly type: 'peer-down'; readonly peer: PeerId }
  /** The checkpoint at `height` is durable. */
  | { readonly type: 'checkpointed'; readonly height: number }
)
