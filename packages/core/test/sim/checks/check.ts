import { type ConsensusFrame, type ConsensusMessage, senderOf } from '../../../src/consensus/index.ts'
import type { GossipTopic, GossipVerdict, ReplicaEffect } from '../../../src/replica/index.ts'
import type { Host } from '../world/host.ts'
import type { World } from '../world/world.ts'

/** A rule that did not hold. */
export class Violation extends Error {
  readonly rule: string
  constructor(rule: string, message: string) {
    super(`${rule}: ${message}`)
    this.rule = rule
  }
}

/** Whether the host says it of itself: what it passes on of others is theirs. */
export const isOwn = ({ membership }: World, host: Host, message: ConsensusMessage): boolean =>
  host.member >= 0 && senderOf(message) === membership.indexOf(host.member, message.height)

/** Where a rule looks; every part is optional, and each looks only at what is new. */
export interface Check {
  /** A frame leaves the replica, before it is on any wire. */
  readonly sending?: (host: Host, frame: ConsensusFrame) => void
  /** A frame reaches the replica. */
  readonly arrived?: (host: Host, frame: ConsensusFrame, from: string) => void
  /** What the replica answered to one input, before any of it is carried out. */
  readonly answered?: (host: Host, effects: readonly ReplicaEffect[]) => void
  /** An effect, right after a durable one is on disk. */
  readonly effect?: (host: Host, effect: ReplicaEffect) => void
  /** All effects of an input are carried out. */
  readonly settled?: (host: Host) => void
  /** A process begins on what its disk holds. */
  readonly starting?: (host: Host) => void
  readonly started?: (host: Host) => void
  readonly judged?: (host: Host, topic: GossipTopic, bytes: Uint8Array, verdict: GossipVerdict) => void
  /** A disk fault took away what the host had confirmed. */
  readonly damaged?: (host: Host) => void
  /** The run is over. */
  readonly ended?: () => void
}

export type Checks = Required<Check>

export const joinChecks = (checks: readonly Check[]): Checks => ({
  sending: (host, frame) => {
    for (const check of checks) check.sending?.(host, frame)
  },
  arrived: (host, frame, from) => {
    for (const check of checks) check.arrived?.(host, frame, from)
  },
  answered: (host, effects) => {
    for (const check of checks) check.answered?.(host, effects)
  },
  effect: (host, effect) => {
    for (const check of checks) check.effect?.(host, effect)
  },
  settled: (host) => {
    for (const check of checks) check.settled?.(host)
  },
  starting: (host) => {
    for (const check of checks) check.starting?.(host)
  },
  started: (host) => {
    for (const check of checks) check.started?.(host)
  },
  judged: (host, topic, bytes, verdict) => {
    for (const check of checks) check.judged?.(host, topic, bytes, verdict)
  },
  damaged: (host) => {
    for (const check of checks) check.damaged?.(host)
  },
  ended: () => {
    for (const check of checks) check.ended?.()
  },
})
