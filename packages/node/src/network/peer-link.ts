import type { Connection } from '@libp2p/interface'
import { createFrameSender } from './consensus/frame-sender.ts'
import { GOSSIP_LOST_PINGS_MAX } from './limits.ts'
import { createPinger } from './liveness/pinger.ts'
import type { IndexedMember } from './member-index.ts'
import type { LivenessOptions, NetworkClock, NetworkLogger } from './port.ts'
import type { Telemetry } from './telemetry.ts'
import { createScheduler, type Scheduler } from './wire/scheduler.ts'

/** One connected member: its connection, what it is sent, and whether it still answers. */
export interface PeerLink {
  readonly indexed: IndexedMember
  readonly connection: Connection
  readonly scheduler: Scheduler
  readonly openedAtMs: number
  readonly roundTripMs: number | undefined
  /**
   * Whether the peer was heard on this connection. A dialler sees a connection open before the other side
   * has let it in: without this, a refused one would count as connected.
   */
  readonly isConfirmed: boolean
  /** Opens the streams that this side writes to. */
  start(): void
  /** One ping interval has passed. */
  tick(): void
  heard(): void
  /** Ends the connection at once, whatever is still under way. */
  drop(reason: string): void
  /** Called when the connection is gone. */
  close(): void
}

export interface PeerLinkParts {
  readonly indexed: IndexedMember
  readonly connection: Connection
  readonly clock: NetworkClock
  readonly logger: NetworkLogger
  readonly telemetry: Telemetry
  readonly liveness: LivenessOptions
  /** Whether consensus frames go to this member, by the directory as it stands. */
  readonly exchangesFrames: () => boolean
  readonly onConfirmed: () => void
}

export const createPeerLink = (parts: PeerLinkParts): PeerLink => {
  const { connection, clock, indexed } = parts
  const scheduler = createScheduler()
  const sender = createFrameSender(connection, scheduler)
  let gossipLostPings = 0
  let isConfirmed = false

  const drop = (reason: string): void => {
    parts.logger.info({ peer: indexed.member.institution, reason }, 'peer dropped')
    connection.abort(new Error(reason))
  }

  const pinger = createPinger({
    connection,
    clock,
    missedMax: parts.liveness.missedPingsMax,
    onAnswer: () => heard(),
    onSilent: () => {
      parts.telemetry.peersSilent.add(1)
      drop('silent')
    },
  })

  const heard = (): void => {
    pinger.heard()
    if (isConfirmed) return
    isConfirmed = true
    parts.onConfirmed()
  }

  /** gossipsub never reopens a stream of a peer that stays connected. */
  const watchGossip = (): void => {
    const hasGossip = connection.streams.some(
      (stream) => stream.direction === 'outbound' && stream.protocol.startsWith('/meshsub/'),
    )
    gossipLostPings = hasGossip ? 0 : gossipLostPings + 1
    if (gossipLostPings < GOSSIP_LOST_PINGS_MAX) return
    parts.telemetry.gossipLost.add(1)
    drop('no gossip stream')
  }

  return {
    indexed,
    connection,
    scheduler,
    openedAtMs: clock.now(),
    get roundTripMs() {
      return pinger.roundTripMs
    },
    get isConfirmed() {
      return isConfirmed
    },
    start() {
      if (parts.exchangesFrames()) sender.ensureStream()
      pinger.start()
    },
    tick() {
      if (parts.exchangesFrames()) sender.ensureStream()
      watchGossip()
      if (connection.status === 'open') pinger.tick()
    },
    heard,
    drop,
    close: () => scheduler.close(),
  }
}
