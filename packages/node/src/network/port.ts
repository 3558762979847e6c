/** An institution's node as the committed state, the genesis or the configuration names it. */
export interface Member {
  /** Account id, 64 hex digits. */
  readonly institution: string
  /** Ed25519 public key, 32 bytes. */
  readonly nodeKey: Uint8Array
  /** Multiaddrs without `/p2p`. */
  readonly addresses: readonly string[]
  readonly isValidator: boolean
}

/** Read at each decision, so that a change of membership takes effect without a restart. */
export interface MemberDirectory {
  members(): readonly Member[]
}

export interface PeerStatus {
  institution: string
  peerId: string
  connected: boolean
  address?: string
  roundTripMs?: number
  connectedSinceMs?: number
  queuedBytes: number
}

export type RequestProtocol = 'sync' | 'snapshot' | 'vault'
export type GossipTopic = 'blocks' | 'bundles'
export type GossipVerdict = 'accept' | 'ignore' | 'reject'

export type FrameHandler = (from: string, frame: Uint8Array) => void
export type RequestHandler = (from: string, body: Uint8Array) => Promise<Uint8Array>
export type GossipHandler = (from: string, bytes: Uint8Array) => GossipVerdict | Promise<GossipVerdict>
export type PeerHandler = (event: { institution: string; connected: boolean }) => void

export interface RequestOptions {
  timeoutMs?: number
  maxResponseBytes?: number
  signal?: AbortSignal
}

export interface Network {
  start(): Promise<void>
  close(): Promise<void>
  listenAddresses(): string[]
  peers(): PeerStatus[]
  /** Best effort and never throws; the caller must not change the frame's bytes afterwards. */
  send(institution: string, frame: Uint8Array): void
  broadcast(frame: Uint8Array): void
  onFrame(handler: FrameHandler): void
  /** Rejects with a `NetworkError`; its `code` says why. */
  request(
    institution: string,
    protocol: RequestProtocol,
    body: Uint8Array,
    options?: RequestOptions,
  ): Promise<Uint8Array>
  serve(protocol: RequestProtocol, handler: RequestHandler): void
  publish(topic: GossipTopic, bytes: Uint8Array): Promise<void>
  /** `from` is the institution that signed the message, not the neighbour that forwarded it. */
  onGossip(topic: GossipTopic, handler: GossipHandler): void
  onPeer(handler: PeerHandler): void
  /** Counts against a peer what it sent; one that misbehaves again and again is shut out for a while. */
  blame(institution: string, reason: string): void
}

export interface NetworkLogger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface NetworkMetrics {
  counter(name: string): { add(n: number): void }
  gauge(name: string): { set(value: number): void }
}

export interface NetworkClock {
  /** Monotonic milliseconds. */
  now(): number
  /** Returns what cancels the timer. */
  setTimer(ms: number, f: () => void): () => void
}

export interface LivenessOptions {
  readonly pingIntervalMs: number
  /** Pings in a row without any sign of life before the connection is dropped. */
  readonly missedPingsMax: number
  readonly redialIntervalMs: number
  readonly dialTimeoutMs: number
}

export interface NetworkOptions {
  /** Ed25519 seed, 32 bytes. */
  readonly privateKeySeed: Uint8Array
  readonly networkId: Uint8Array
  readonly listen: readonly string[]
  readonly directory: MemberDirectory
  readonly logger: NetworkLogger
  readonly metrics?: NetworkMetrics
  readonly clock: NetworkClock
  readonly liveness?: Partial<LivenessOptions>
}
