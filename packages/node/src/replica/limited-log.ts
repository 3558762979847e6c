import type { LogFields } from '@medchain/core'
import type { Clock } from '../clock.ts'
import type { Logger } from '../logger.ts'

const LINES_PER_SECOND_MAX = 20
const SECOND_MS = 1_000

type Level = 'debug' | 'info' | 'warn' | 'error'

/** Logs an event at most twenty times a second, and how often it was left out: what others send fills no disk. */
export const createLimitedLog = (clock: Pick<Clock, 'now'>, logger: Logger) => {
  const events = new Map<string, { startedAtMs: number; lines: number; unlogged: number }>()
  return (level: Level, event: string, fields: LogFields): void => {
    const nowMs = clock.now()
    const known = events.get(event)
    if (known && nowMs - known.startedAtMs < SECOND_MS) {
      known.lines += 1
      if (known.lines > LINES_PER_SECOND_MAX) known.unlogged += 1
      else logger[level](fields, event)
      return
    }
    const unlogged = known?.unlogged ?? 0
    events.set(event, { startedAtMs: nowMs, lines: 1, unlogged: 0 })
    logger[level](unlogged > 0 ? { ...fields, unlogged } : fields, event)
  }
}
