import { roundTimeoutMs } from '../consensus/timeouts.ts'
import type { ReplicaOptions } from './options.ts'

/** Rounds remembered: what is older is forgotten. */
const SAMPLES_MAX = 32
/** Fewer samples than this do not bring the timeout below the first one. */
const SAMPLES_FEW = 8
/** A round may take this many times as long as nineteen of twenty did. */
const MULTIPLE = 4
/** A block shrinks by this at each round that was too short for one, and grows again by that at each decision. */
const SHRINK = 0.5
const GROW = 1.5
/** However slow the others are, a block holds so much of what it may. */
const SHARE_MIN = 1 / 16

export type PaceLimits = Pick<
  ReplicaOptions,
  'roundTimeoutMs' | 'roundTimeoutMsMin' | 'roundBaseMsMax' | 'roundTimeoutMsMax'
>

/** How long the rounds of this network take, as this node sees it, and so how long it waits for one (consensus Q3). */
export interface RoundPace {
  /** Timeout of round 0. */
  readonly baseMs: () => number
  readonly timeoutMs: (round: number) => number
  /** How much of what a block may hold this node puts into its own: less while others do not judge in time. */
  readonly share: () => number
  /** The clock of a round starts. */
  readonly started: (nowMs: number, delayMs: number) => void
  /** The round or its height is over, and says nothing about the pace. */
  readonly stopped: () => void
  /** The clock ran out; `hasBlock`: with a proposal in hand that came to nothing in time, which is a long round. */
  readonly timedOut: (nowMs: number, hasBlock: boolean) => void
  /** A quorum decided, by votes, in the height in progress. */
  readonly decided: (nowMs: number) => void
}

const percentile95 = (samples: readonly number[]): number => {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0
}

/**
 * A round without a proposal says nothing: a dead proposer slows nobody down. Whatever the samples say, the timeout
 * stays within its limits: those who lie about time, or hold back what they owe, gain no more than these.
 */
export const createRoundPace = (limits: PaceLimits): RoundPace => {
  const { roundTimeoutMs: firstMs, roundTimeoutMsMin, roundBaseMsMax, roundTimeoutMsMax } = limits
  const samples: number[] = []
  let share = 1
  let clock: { readonly startedMs: number; readonly delayMs: number } | undefined

  const baseMs = (): number => {
    if (samples.length === 0) return firstMs
    const measuredMs = Math.min(roundBaseMsMax, Math.max(roundTimeoutMsMin, MULTIPLE * percentile95(samples)))
    return samples.length < SAMPLES_FEW ? Math.max(firstMs, measuredMs) : measuredMs
  }
  const sample = (nowMs: number): void => {
    if (clock === undefined) return
    const { startedMs, delayMs } = clock
    const elapsedMs = nowMs - startedMs
    // A clock that was set, or one that the host did not let run, measures nothing.
    if (elapsedMs < 0 || elapsedMs > 2 * delayMs) return
    samples.push(elapsedMs)
    if (samples.length > SAMPLES_MAX) samples.shift()
  }
  return {
    baseMs,
    timeoutMs: (round) => roundTimeoutMs(round, baseMs(), roundTimeoutMsMax),
    share: () => share,
    started: (nowMs, delayMs) => {
      clock = { startedMs: nowMs, delayMs }
    },
    stopped: () => {
      clock = undefined
    },
    timedOut: (nowMs, hasBlock) => {
      if (hasBlock) {
        sample(nowMs)
        share = Math.max(SHARE_MIN, share * SHRINK)
      }
      clock = undefined
    },
    decided: (nowMs) => {
      sample(nowMs)
      share = Math.min(1, share * GROW)
      clock = undefined
    },
  }
}
