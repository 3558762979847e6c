import { equalBytes, ok, type Result, refuse } from '../../encoding/index.ts'
import { accountIdFromInception } from '../../identity/account-id.ts'
import type { ReadView } from '../../state/view.ts'
import {
  type Announcement,
  type Recovery,
  type RecoveryAttempt,
  recoveries,
  recoveryAttempts,
  recoveryGuardianTag,
} from './tables.ts'

const DAY_MS = 86_400_000

export const RECOVERY_DELAY_MS_MIN = DAY_MS
export const RECOVERY_DELAY_MS_MAX = 30 * DAY_MS
/** Where no guardian helps, everybody has longer to notice. */
export const UNGUARDED_DELAY_MS_MIN = 14 * DAY_MS
/** An attempt in which nothing happens any more ends by itself. */
export const ATTEMPT_LAPSE_MS = 90 * DAY_MS

export const NO_ATTEMPT: RecoveryAttempt = { approvals: [], announcement: undefined, releases: [] }

/** `ready` until somebody announces a recovery; `open` once shares may be given out. */
export type RecoveryStage = 'ready' | 'waiting' | 'vetoed' | 'open' | 'closed'

/** Block time from which custodians give out their shares; undefined while a veto stands. */
export const releaseMsOf = ({ delayMs }: Recovery, announcement: Announcement): number | undefined => {
  const { timeMs, vetoedMs, overruledMs } = announcement
  if (overruledMs !== undefined) return overruledMs + delayMs
  return vetoedMs === undefined ? timeMs + delayMs : undefined
}

const lastStepMs = ({ timeMs, vetoedMs, overruledMs }: Announcement): number =>
  overruledMs ?? vetoedMs ?? timeMs

/** The attempt under way at `timeMs`: one that has lapsed is none. */
export const currentAttempt = (view: ReadView, recoveryId: Uint8Array, timeMs: number): RecoveryAttempt => {
  const attempt = view.get(recoveryAttempts, recoveryId) ?? NO_ATTEMPT
  const { announcement } = attempt
  return announcement && timeMs >= lastStepMs(announcement) + ATTEMPT_LAPSE_MS ? NO_ATTEMPT : attempt
}

export const stageOf = (
  recovery: Recovery,
  { announcement }: RecoveryAttempt,
  timeMs: number,
): RecoveryStage => {
  if (recovery.closedHeight !== undefined) return 'closed'
  if (!announcement) return 'ready'
  const releaseMs = releaseMsOf(recovery, announcement)
  if (releaseMs === undefined) return 'vetoed'
  return timeMs < releaseMs ? 'waiting' : 'open'
}

/** A recovery that is not closed: `recover.unknown`, `recover.closed`. */
export const openRecovery = (view: ReadView, recoveryId: Uint8Array): Result<Recovery> => {
  const recovery = view.get(recoveries, recoveryId)
  if (!recovery) return refuse('recover.unknown', 'There is no recovery of that id.')
  return recovery.closedHeight === undefined
    ? ok(recovery)
    : refuse('recover.closed', 'The recovery is closed; another one has to be prepared.')
}

/** How a guardian shows that a recovery names it. */
export interface GuardianProof {
  readonly position: number
  readonly salt: Uint8Array
}

export const isGuardianOf = (
  recovery: Recovery,
  { position, salt }: GuardianProof,
  account: Uint8Array,
): boolean => {
  const named = recovery.guardians[position]
  const recoveryId = accountIdFromInception(recovery.inception)
  return named !== undefined && equalBytes(named.tag, recoveryGuardianTag(recoveryId, salt, account))
}

/**
 * Whether a custodian may give its share to the holder of the ticket (recovery RV6): the one rule, on the chain and at
 * the custodian's node. `recover.not-open`, `recover.other-ticket`, `recover.vetoed` or `recover.early`.
 */
export const mayRelease = (
  recovery: Recovery,
  attempt: RecoveryAttempt,
  ticketId: Uint8Array,
  timeMs: number,
): Result<void> => {
  const { announcement } = attempt
  const stage = stageOf(recovery, attempt, timeMs)
  if (stage === 'closed') return refuse('recover.closed', 'The recovery is closed.')
  if (!announcement) return refuse('recover.not-open', 'No recovery is announced.')
  if (!equalBytes(accountIdFromInception(announcement.ticket), ticketId)) {
    return refuse('recover.other-ticket', 'The recovery was announced for other keys.')
  }
  if (stage === 'vetoed') return refuse('recover.vetoed', 'The recovery was vetoed.')
  return stage === 'open' ? ok(undefined) : refuse('recover.early', 'The announced delay has not passed.')
}
