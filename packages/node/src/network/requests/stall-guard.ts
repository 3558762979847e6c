import type { NetworkClock } from '../port.ts'

/** Calls `onStall` once when `progress` was not called for `stallMs`. */
export const createStallGuard = (
  clock: NetworkClock,
  stallMs: number,
  onStall: () => void,
): { progress: () => void; clear: () => void } => {
  let lastMs = clock.now()
  let cancel = (): void => undefined
  const watch = (delayMs: number): void => {
    cancel = clock.setTimer(delayMs, () => {
      const quietMs = clock.now() - lastMs
      if (quietMs >= stallMs) onStall()
      else watch(stallMs - quietMs)
    })
  }
  watch(stallMs)
  return {
    progress() {
      lastMs = clock.now()
    },
    clear: () => cancel(),
  }
}
