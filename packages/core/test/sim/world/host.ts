import type { ConsensusFrame } from '../../../src/consensus/index.ts'
import type { Replica, ReplicaInput } from '../../../src/replica/index.ts'
import type { Disk } from './disk.ts'
import type { Conduct } from './scenario.ts'

/** An input without the clock, which the host reads. */
export type HostInput = ReplicaInput extends infer I
  ? I extends { nowMs: number }
    ? Omit<I, 'nowMs'>
    : never
  : never

/** A frame on its way out of a liar, perhaps not the one that its replica sent. */
export interface Outgoing {
  readonly frame: ConsensusFrame
  readonly delayMs: number
}

/** What a liar does with what its honest replica sends and hears. */
export interface Liar {
  /** Whether its blocks write more than the network allows. */
  readonly isGreedy: boolean
  readonly outgoing: (frame: ConsensusFrame, to: Host) => readonly Outgoing[]
  readonly heard: (frame: ConsensusFrame) => void
  readonly tick: () => void
  /** Undefined keeps it from being said. */
  readonly gossip: (topic: 'blocks' | 'bundles', bytes: Uint8Array) => Uint8Array | undefined
  readonly syncAnswer: (bytes: Uint8Array) => Uint8Array
}

/** One process. */
export interface Host {
  readonly id: number
  /** Name by which the others know the process. */
  readonly peer: string
  /** Index in the genesis document; -1 for an observer. */
  readonly member: number
  readonly conduct: Conduct
  readonly liar: Liar | undefined
  /** Whether its software knows the first protocol version only. */
  isOutdated: boolean
  /** Whether it may sign two things in one place: it lies, shares its key, or lost its memory unseen. */
  isExempt: boolean
  disk: Disk
  backup: Disk | undefined
  /** Whether it was damaged when that copy was made. */
  isBackupDamaged: boolean
  replica: Replica | undefined
  /** Distinguishes what was begun before a crash from what came after. */
  incarnation: number
  /** Effects left until a crash, if one is planned. */
  crashIn: number | undefined
  pausedUntilMs: number
  /** What came during the pause, in order. */
  readonly inbox: HostInput[]
  diskFullUntilMs: number
  clock: { offsetMs: number; rate: number }
  /** Refusal under which the replica stopped for good. */
  halted: string | undefined
  /** Whether its disk began with a snapshot. */
  isInstalled: boolean
  /** Whether a disk fault explains a halt at the next start. */
  isDamaged: boolean
}
