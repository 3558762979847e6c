import type { LivenessOptions } from './port.ts'

const KIB = 1024
const MIB = 1024 * KIB

/**
 * Payload of one piece. With its flag, length prefix and yamux header it stays under the 65,519 bytes of
 * one Noise message, so that a piece costs one encryption.
 */
export const PIECE_BYTES_MAX = 64 * KIB - 64
/** What is written to a stream at once: a piece with its flag and length, or several small ones. */
export const MESSAGE_BYTES_MAX = PIECE_BYTES_MAX + 4
export const FRAME_BYTES_MAX = MIB
export const REQUEST_BYTES_MAX = 24 * MIB
export const RESPONSE_BYTES_MAX = 24 * MIB
/** it-length-prefixed refuses an envelope over 4 MiB; 64 KiB are left for the envelope itself. */
export const GOSSIP_BYTES_MAX = 4 * MIB - 64 * KIB
export const GOSSIP_ENVELOPE_BYTES_MAX = 4 * MIB

/** Frames waiting for one peer; past either bound the oldest goes. */
export const CONSENSUS_QUEUE_BYTES_MAX = 8 * MIB
export const CONSENSUS_QUEUE_FRAMES_MAX = 4096

/** Request bytes handed to a peer's streams and not yet taken by its connection. */
export const UNSENT_BYTES_MAX = 256 * KIB
/** What may be on the way in one stream: this bounds what stands before a consensus frame, and what waits in a paused one. */
export const STREAM_WINDOW_BYTES = 256 * KIB
export const STREAM_WRITE_BUFFER_BYTES_MAX = MIB
export const GOSSIP_WRITE_BUFFER_BYTES_MAX = 12 * MIB

export const REQUESTS_OUTSTANDING_MAX = 4
export const REQUESTS_WAITING_MAX = 256
/** Above what a caller keeps outstanding: an answer it gave up on still occupies the server. */
export const REQUESTS_SERVED_MAX = 8
/** Bytes of unfinished requests that one peer may make this node hold, over all its streams. */
export const REQUEST_BYTES_HELD_MAX = 48 * MIB
export const REQUEST_TIMEOUT_MS = 30_000
/** A transfer that moves no piece for this long is given up. */
export const TRANSFER_STALL_MS = 15_000
export const STREAM_OPEN_TIMEOUT_MS = 3_000

/** Consensus frames that are read of one peer: so much at once, so much a second; what is more waits on its side. */
export const FRAMES_BURST = 1_000
export const FRAMES_PER_SECOND = 400
export const FRAME_BYTES_BURST = 32 * MIB
export const FRAME_BYTES_PER_SECOND = 8 * MIB

/** Streams of one connection; libp2p's own default is a thousand, each with a window of its own. */
export const STREAMS_PER_CONNECTION_MAX = 128

/** Violations at once, and forgiven each second, before a peer is shut out for a while. */
export const VIOLATIONS_MAX = 100
export const VIOLATIONS_FORGIVEN_PER_SECOND = 1
export const BAN_MS = 30_000

/** Handshakes that one address may begin: as many as a full consortium on one host needs at once. */
export const ADDRESS_HANDSHAKES_BURST = 64
export const ADDRESS_HANDSHAKES_PER_SECOND = 16
/** The same for all addresses together at which no member is known to be. */
export const STRANGE_HANDSHAKES_BURST = 64
export const STRANGE_HANDSHAKES_PER_SECOND = 32

/** An inbound connection while one younger than this exists is a crossing dial, an older one a restart. */
export const FRESH_CONNECTION_MS = 3_000
/**
 * Whoever does not answer at the first packet or its repetition after a second is dialled anew: the system's next
 * repetitions come ever later, and a way that is open again would be found that much later.
 */
export const CONNECT_TIMEOUT_MS = 1_500
/** After this long without success our own dial gives way to one from the other side. */
export const DIAL_PRECEDENCE_MS = 1_000
/** The side with the higher key leaves the first attempts to the lower one. */
export const HIGHER_SIDE_PATIENCE_MS = 1_500
/** Pings between the loss of a gossip stream and the reconnection that is its only cure. */
export const GOSSIP_LOST_PINGS_MAX = 5

/**
 * Three missed pings rather than 1.5 s of silence: on two cores that also run tests, a healthy process was
 * seen to stand still for more than a second, and a pointless drop costs a round.
 */
export const LIVENESS_DEFAULTS: LivenessOptions = {
  pingIntervalMs: 1_000,
  missedPingsMax: 3,
  redialIntervalMs: 250,
  dialTimeoutMs: 3_000,
}
