import { type AuditEntry, type DisclosureStatement, STALE_MARK } from '@medchain/core'

/** How long an entry may wait for its anchor: longer than an anchoring can be under way before it expires (A5). */
export const ANCHORING_MS_MAX = 90_000

/** How far a statement's time may lie from the clock of the node that logs it. */
const STATEMENT_SKEW_MS_MAX = 5 * 60 * 1000

/**
 * When an entry was written, as the node tells it within what the signed statement bears out: block time, or the
 * wall clock where the chain stood still.
 */
export const loggedAt = (
  { timeMs, loggedMs }: Pick<AuditEntry, 'timeMs' | 'loggedMs'>,
  statement: Pick<DisclosureStatement, 'timeMs'> | undefined,
): number => {
  const told = Math.max(timeMs, loggedMs ?? timeMs)
  return statement ? Math.min(told, statement.timeMs + STATEMENT_SKEW_MS_MAX) : told
}

/** The state that evidence stands on. */
export interface EvidenceHead {
  readonly height: number
  /** Block time. */
  readonly timeMs: number
}

/** 90 s of the heartbeat. Block time leaps over a halt with its first block, before anybody can have anchored. */
const BLOCKS_AFTER_HALT_MAX = 18

/** Whether what follows from an entry has been missing on the chain for longer than an anchoring takes. */
export const isOverdue = (
  entry: Pick<AuditEntry, 'timeMs' | 'loggedMs' | 'height' | 'marks'>,
  statement: Pick<DisclosureStatement, 'timeMs'> | undefined,
  head: EvidenceHead,
): boolean => {
  const isAfterHalt = entry.marks.includes(STALE_MARK) && head.height - entry.height <= BLOCKS_AFTER_HALT_MAX
  return !isAfterHalt && head.timeMs - loggedAt(entry, statement) > ANCHORING_MS_MAX
}
