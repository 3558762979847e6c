/** The only wall clock and the only timers of the daemon. */
export interface Clock {
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Milliseconds since 1970. */
  readonly wallMs: () => number
  /** Calls `f` once after `ms`; returns what cancels it. */
  readonly setTimer: (ms: number, f: () => void) => () => void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wallMs: () => Date.now(),
  setTimer: (ms, f) => {
    const timer = setTimeout(f, ms)
    return () => clearTimeout(timer)
  },
}

/** Resolves after `ms`. */
export const delay = (clock: Pick<Clock, 'setTimer'>, ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.setTimer(ms, resolve)
  })

/** The promise's value, or what `onTimeout` gives when `ms` pass first. */
export const within = async <T>(
  clock: Clock,
  ms: number,
  promise: Promise<T>,
  onTimeout: () => T,
): Promise<T> => {
  let cancel = (): void => undefined
  const timeout = new Promise<T>((resolve) => {
    cancel = clock.setTimer(ms, () => resolve(onTimeout()))
  })
  try {
    return await Promise.race([promise, timeout])
  } finally {
    cancel()
  }
}
