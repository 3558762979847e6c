import { type Clock, within } from '../clock.ts'
import type { Logger } from '../logger.ts'
import type { CommittedBlockEvent } from './effect-runner.ts'
import type { Ledger } from './ledger-api.ts'

export interface CommitFeed extends Pick<Ledger, 'onCommitted' | 'whenHeight'> {
  publish(event: CommittedBlockEvent): void
}

/** Tells everybody who listens of each commit; a listener that fails harms nobody else. */
export const createCommitFeed = (clock: Clock, logger: Logger, headHeight: () => number): CommitFeed => {
  const listeners = new Set<(event: CommittedBlockEvent) => void>()
  const onCommitted: Ledger['onCommitted'] = (listener) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  return {
    onCommitted,
    publish: (event) => {
      for (const listener of [...listeners]) {
        try {
          listener(event)
        } catch (error) {
          logger.error({ height: event.height, reason: String(error) }, 'a listener to commits failed')
        }
      }
    },
    whenHeight: async (height, timeoutMs) => {
      if (headHeight() >= height) return true
      let stop = (): void => undefined
      const reached = new Promise<boolean>((resolve) => {
        stop = onCommitted((event) => {
          if (event.height >= height) resolve(true)
        })
      })
      try {
        return await within(clock, timeoutMs, reached, () => false)
      } finally {
        stop()
      }
    },
  }
}
