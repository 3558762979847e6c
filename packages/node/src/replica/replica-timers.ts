import type { TimerName } from '@medchain/core'
import type { Clock } from '../clock.ts'

export interface ReplicaTimers {
  set(name: TimerName, id: number, delayMs: number): void
  clear(name: TimerName): void
  clearAll(): void
}

/** One timer a name. */
export const createReplicaTimers = (
  clock: Clock,
  onTimer: (name: TimerName, id: number) => void,
): ReplicaTimers => {
  const cancels = new Map<TimerName, () => void>()
  const clear = (name: TimerName): void => {
    cancels.get(name)?.()
    cancels.delete(name)
  }
  return {
    set: (name, id, delayMs) => {
      clear(name)
      const cancel = clock.setTimer(Math.max(0, delayMs), () => {
        cancels.delete(name)
        onTimer(name, id)
      })
      cancels.set(name, cancel)
    },
    clear,
    clearAll: () => {
      for (const name of [...cancels.keys()]) clear(name)
    },
  }
}
