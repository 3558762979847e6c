import type { ClockPort } from '../../src/requests/ports.ts'

/** A clock that stands until it is moved; timers fire when it passes them. */
export interface TestClock extends ClockPort {
  readonly advance: (ms: number) => void
}

export const createTestClock = (startMs = Date.UTC(2026, 0, 1)): TestClock => {
  let nowMs = startMs
  let timers: { readonly atMs: number; readonly f: () => void }[] = []
  return {
    wallMs: () => nowMs,
    setTimer(ms, f) {
      const timer = { atMs: nowMs + ms, f }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    advance(ms) {
      nowMs += ms
      const due = timers.filter(({ atMs }) => atMs <= nowMs)
      timers = timers.filter(({ atMs }) => atMs > nowMs)
      for (const { f } of due) f()
    },
  }
}
