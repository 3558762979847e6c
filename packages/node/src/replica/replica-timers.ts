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

/**
 * One timer a name. The round's counts only while `mayRoundsPass`: without a quorum within reach no round can
 * succeed, and giving it up would only make the next one longer. Once it counts, it counts to the end (consensus Q23).
 */
export const createReplicaTimers = (
  clock: Clock,
  onTimer: (name: TimerName, id: number) => void,
  mayRoundsPass: () => boolean = () => true,
): ReplicaTimers => {
  const cancels = new Map<TimerName, () => void>()
  let held: { readonly id: number; readonly delayMs: number } | undefined

  const clear = (name: TimerName): void => {
    if (name === ROUND) held = undefined
    cancels.get(name)?.()
    cancels.delete(name)
  }
  const count = (name: TimerName, id: number, delayMs: number): void => {
    const cancel = clock.setTimer(Math.max(0, delayMs), () => {
      cancels.delete(name)
      onTimer(name, id)
    })
    cancels.set(name, cancel)
  }
  return {
    set: (name, id, delayMs) => {
      clear(name)
      if (name === ROUND && !mayRoundsPass()) held = { id, delayMs }
      else count(name, id, delayMs)
    },
    clear,
    clearAll: () => {
      held = undefined
      for (const name of [...cancels.keys()]) clear(name)
    },
    reconsider: () => {
      if (!held || !mayRoundsPass()) return
      const { id, delayMs } = held
      held = undefined
      count(ROUND, id, delayMs)
    },
  }
}
