import type { PrivacyPorts } from './ports.ts'

/** Something done again and again, one run at a time. */
export interface Repeating {
  readonly start: () => void
  /** Begins the next run soon, and with the shortest pause after it. */
  readonly nudge: () => void
  /** Ends the repetition and waits for a run under way. */
  readonly close: () => Promise<void>
}

/**
 * Pauses `firstMs` after a run that succeeded with nothing left; while `run` answers that something is left,
 * or throws, the pause doubles up to `longestMs`.
 */
export const createRepeating = (
  { clock, logger }: Pick<PrivacyPorts, 'clock' | 'logger'>,
  what: string,
  firstMs: number,
  longestMs: number,
  run: () => Promise<boolean>,
): Repeating => {
  let pauseMs = firstMs
  let cancel = (): void => undefined
  let running: Promise<void> | undefined
  let isClosed = false

  const runOnce = async (): Promise<void> => {
    try {
      pauseMs = (await run()) ? Math.min(pauseMs * 2, longestMs) : firstMs
    } catch (error) {
      pauseMs = Math.min(pauseMs * 2, longestMs)
      logger.warn({ reason: String(error) }, `${what} failed and is tried again`)
    }
  }
  const wait = (): void => {
    cancel()
    if (isClosed) return
    cancel = clock.setTimer(pauseMs, () => {
      running = runOnce().finally(() => {
        running = undefined
        wait()
      })
    })
  }
  return {
    start: wait,
    nudge() {
      pauseMs = firstMs
      if (running === undefined) wait()
    },
    async close() {
      isClosed = true
      cancel()
      await running
    },
  }
}
