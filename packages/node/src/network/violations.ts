import type { Stream } from '@libp2p/interface'
import { createRateBudget, type RateBudget } from '../rate-budget.ts'
import { BAN_MS, VIOLATIONS_FORGIVEN_PER_SECOND, VIOLATIONS_MAX } from './limits.ts'
import { NetworkError } from './network-error.ts'
import type { NetworkClock, NetworkLogger } from './port.ts'
import type { Telemetry } from './telemetry.ts'
import { abandonStream } from './wire/write-piece.ts'

const LOG_INTERVAL_MS = 1_000

export interface Violations {
  /** Counts what `institution` did wrong, logs a line, and ends the stream it came by. */
  report(institution: string, stream: Stream, error: unknown): void
  /** The same where no stream has to end: what came was whole, and wrong. */
  blame(institution: string, protocol: string, error: unknown): void
  /** Whether the institution is shut out for now. */
  isBanned(institution: string): boolean
}

export interface ViolationsParts {
  readonly logger: NetworkLogger
  readonly telemetry: Telemetry
  readonly clock: NetworkClock
  /** Ends the connection with an institution. */
  readonly drop: (institution: string, reason: string) => void
}

interface Record {
  readonly budget: RateBudget
  loggedAtMs: number
  unlogged: number
  bannedUntilMs: number
}

/** A peer that misbehaves all the time fills the counter, the log with one line a second, and is shut out for a while. */
export const createViolations = (parts: ViolationsParts): Violations => {
  const { clock, logger, telemetry } = parts
  const records = new Map<string, Record>()

  const recordOf = (institution: string): Record => {
    const known = records.get(institution)
    if (known) return known
    const budget = createRateBudget(clock, {
      burst: VIOLATIONS_MAX,
      perSecond: VIOLATIONS_FORGIVEN_PER_SECOND,
    })
    const record = { budget, loggedAtMs: Number.NEGATIVE_INFINITY, unlogged: 0, bannedUntilMs: 0 }
    records.set(institution, record)
    return record
  }

  const log = (record: Record, institution: string, protocol: string, error: unknown): void => {
    const nowMs = clock.now()
    if (nowMs - record.loggedAtMs < LOG_INTERVAL_MS) {
      record.unlogged += 1
      return
    }
    const { unlogged } = record
    logger.warn({ peer: institution, protocol, reason: reasonOf(error), unlogged }, 'peer broke a protocol')
    record.loggedAtMs = nowMs
    record.unlogged = 0
  }

  const isBanned = (institution: string): boolean =>
    (records.get(institution)?.bannedUntilMs ?? 0) > clock.now()

  const blame = (institution: string, protocol: string, error: unknown): void => {
    const record = recordOf(institution)
    telemetry.violations.add(1)
    log(record, institution, protocol, error)
    if (record.budget.take(1) || isBanned(institution)) return
    record.bannedUntilMs = clock.now() + BAN_MS
    telemetry.peersBanned.add(1)
    logger.warn({ peer: institution, seconds: BAN_MS / 1_000 }, 'peer misbehaves again and again, shut out')
    parts.drop(institution, 'misbehaved')
  }

  return {
    blame,
    isBanned,
    report(institution, stream, error) {
      abandonStream(stream, 'protocol violation')
      blame(institution, stream.protocol, error)
    },
  }
}

const reasonOf = (error: unknown): string => {
  if (error instanceof NetworkError) return error.detail
  return error instanceof Error ? error.message : String(error)
}
