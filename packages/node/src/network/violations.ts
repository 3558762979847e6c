import type { Stream } from '@libp2p/interface'
import { NetworkError } from './network-error.ts'
import type { NetworkClock, NetworkLogger } from './port.ts'
import type { Telemetry } from './telemetry.ts'
import { abandonStream } from './wire/write-piece.ts'

const LOG_INTERVAL_MS = 1_000

export interface Violations {
  /** Counts what `institution` did wrong, logs a line, and ends the stream it came by. */
  report(institution: string, stream: Stream, error: unknown): void
}

/** A peer that misbehaves all the time fills the counter, and the log with one line a second. */
export const createViolations = (parts: {
  logger: NetworkLogger
  telemetry: Telemetry
  clock: NetworkClock
}): Violations => {
  const last = new Map<string, { atMs: number; unlogged: number }>()

  const log = (institution: string, protocol: string, error: unknown): void => {
    const nowMs = parts.clock.now()
    const previous = last.get(institution)
    if (previous !== undefined && nowMs - previous.atMs < LOG_INTERVAL_MS) {
      previous.unlogged += 1
      return
    }
    const reason = reasonOf(error)
    const unlogged = previous?.unlogged ?? 0
    parts.logger.warn(
      { peer: institution, protocol, reason, unlogged },
      'peer broke a protocol, stream closed',
    )
    last.set(institution, { atMs: nowMs, unlogged: 0 })
  }

  return {
    report(institution, stream, error) {
      parts.telemetry.violations.add(1)
      log(institution, stream.protocol, error)
      abandonStream(stream, 'protocol violation')
    },
  }
}

const reasonOf = (error: unknown): string => {
  if (error instanceof NetworkError) return error.detail
  return error instanceof Error ? error.message : String(error)
}
