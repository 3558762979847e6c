import { hexFromBytes } from '../../../src/encoding/index.ts'
import type { Genesis, GenesisMember } from '../../../src/ledger/index.ts'
import type { Checks } from '../checks/check.ts'
import type { Decisions } from '../checks/decisions.ts'
import type { Membership } from '../checks/membership.ts'
import type { Voices } from '../checks/voices.ts'
import type { EventQueue } from './event-queue.ts'
import type { FaultCounts } from './faults.ts'
import type { Governors } from './governors.ts'
import type { Host } from './host.ts'
import type { Load } from './load.ts'
import type { Network } from './network.ts'
import type { Random } from './random.ts'
import type { Scenario } from './scenario.ts'
import type { Signatures } from './signatures.ts'

export const START_MS = 1_700_000_000_000

/** Everything of one run. */
export interface World {
  readonly scenario: Scenario
  readonly genesis: Genesis
  readonly networkId: Uint8Array
  /** The members of the genesis document, and those that are to join. */
  readonly institutions: readonly GenesisMember[]
  readonly signatures: Signatures
  readonly queue: EventQueue
  readonly counts: FaultCounts
  readonly random: Random
  readonly hosts: readonly Host[]
  readonly network: Network
  readonly checks: Checks
  readonly membership: Membership
  readonly decisions: Decisions
  readonly voices: Voices
  readonly governors: Governors
  readonly load: Load
  /** Faults still fire. */
  isFaulty: boolean
  /** How far all clocks have leapt: time in which nothing at all happened. */
  leapMs: number
  readonly trace: ((line: string) => void) | undefined
}

export const traced = (world: World, line: () => string): void => {
  if (world.trace) world.trace(`${world.queue.nowMs().toFixed(1).padStart(9)} ${line()}`)
}

/** The process's wall clock. */
export const wallMsOf = (world: World, host: Host): number =>
  Math.floor(START_MS + world.leapMs + world.queue.nowMs() * host.clock.rate + host.clock.offsetMs)

/** The time that clients go by. */
export const worldMs = ({ queue, leapMs }: World): number => START_MS + leapMs + queue.nowMs()

/** Honest code with a sound memory, so that it must converge and stay alive. */
export const isCorrect = (host: Host): boolean => host.liar === undefined && host.conduct !== 'twin'

/** Whether the others still let the process in: not where a vote took the institution's account. */
export const isAdmitted = ({ load, membership }: World, host: Host): boolean => {
  const institution = load.institutionOf(host.member)
  return institution === undefined || !membership.expelled.has(hexFromBytes(institution))
}
