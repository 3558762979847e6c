import type { TimerName } from '@medchain/core'
import type { Clock } from '../clock.ts'

export interface ReplicaTimers {
  set(name: TimerName, id: number, delayMs: number): void
  clear(name: TimerName): void
  clearAll(): void
  /** Call when a neighbour comes or goes. */
  reconsider(): void
}

/** The timer that gives up a round. */
const ROUND: TimerName = 'round'
/** In this time a connection that broke is made again. */
const ABSENCE_MS = 400

export interface RoundOutlook {
  /** Whether the connected validators, with this one, are a quorum. */
  readonly mayRoundsPass: () => boolean
  /** Whether the round waits for somebody who is not connected. */
  readonly isProposerGone: () => boolean
}

const GOOD_OUTLOOK: RoundOutlook = { mayRoundsPass: () => true, isProposerGone: () => false }

/**
 * One timer a name. The round's counts only while `mayRoundsPass`: without a quorum within reach no round can
 * succeed, and giving it up would only make the next one longer. Once it counts, it counts to the end, unless its
 * proposer is gone for 400 ms and has proposed nothing (consensus Q23).
 */
export const createReplicaTimers = (
  clock: Clock,
  onTimer: (name: TimerName, id: number) => void,
  { mayRoundsPass, isProposerGone }: RoundOutlook = GOOD_OUTLOOK,
): ReplicaTimers => {
  const cancels = new Map<TimerName, () => void>()
  let held: { readonly id: number; readonly delayMs: number } | undefined
  /** The round whose time counts. */
  let counting: number | undefined
  let absence: (() => void) | undefined

  const stopWatching = (): void => {
    absence?.()
    absence = undefined
  }
  const forgetRound = (): void => {
    held = undefined
    counting = undefined
    stopWatching()
  }

  const clear = (name: TimerName): void => {
    if (name === ROUND) forgetRound()
    cancels.get(name)?.()
    cancels.delete(name)
  }
  const count = (name: TimerName, id: number, delayMs: number): void => {
    const cancel = clock.setTimer(Math.max(0, delayMs), () => {
      cancels.delete(name)
      if (name === ROUND) forgetRound()
      onTimer(name, id)
    })
    cancels.set(name, cancel)
  }
  const watchProposer = (): void => {
    if (counting === undefined || !isProposerGone()) {
      stopWatching()
      return
    }
    const id = counting
    absence ??= clock.setTimer(ABSENCE_MS, () => {
      absence = undefined
      if (!isProposerGone()) return
      clear(ROUND)
      onTimer(ROUND, id)
    })
  }
  const countRound = (id: number, delayMs: number): void => {
    counting = id
    count(ROUND, id, delayMs)
    watchProposer()
  }
  return {
    set: (name, id, delayMs) => {
      clear(name)
      if (name !== ROUND) count(name, id, delayMs)
      else if (mayRoundsPass()) countRound(id, delayMs)
      else held = { id, delayMs }
    },
    clear,
    clearAll: () => {
      forgetRound()
      for (const name of [...cancels.keys()]) clear(name)
    },
    reconsider: () => {
      if (held && mayRoundsPass()) {
        const { id, delayMs } = held
        held = undefined
        countRound(id, delayMs)
      } else watchProposer()
    },
  }
}
