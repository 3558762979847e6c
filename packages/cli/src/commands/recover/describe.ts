import {
  accountIdFromInception,
  base32FromBytes,
  didFromAccountId,
  NO_ATTEMPT,
  releaseMsOf,
  stageOf,
} from '@medchain/core'
import { rfc3339 } from '../../format/time.ts'
import type { KnownRecovery } from '../../recovering/known-recovery.ts'

/** How a recovery stands, for scripts. */
export const recoveryJson = ({ id, recovery, attempt = NO_ATTEMPT }: KnownRecovery, timeMs: number) => {
  const { announcement, approvals, releases } = attempt
  const releaseMs = announcement && releaseMsOf(recovery, announcement)
  return {
    recoveryId: base32FromBytes(id),
    stage: stageOf(recovery, attempt, timeMs),
    guardians: recovery.guardians.length,
    guardianThreshold: recovery.guardianThreshold,
    custodians: recovery.custodians.length,
    custodianThreshold: recovery.custodianThreshold,
    delayMs: recovery.delayMs,
    approvals: approvals.map(({ guardian, ticketId, timeMs: at }) => ({
      guardian: didFromAccountId(guardian),
      ticketId: didFromAccountId(ticketId),
      at: rfc3339(at),
    })),
    announced: announcement
      ? {
          ticketId: didFromAccountId(accountIdFromInception(announcement.ticket)),
          at: rfc3339(announcement.timeMs),
          vetoed: announcement.vetoedMs !== undefined,
          overruled: announcement.overruledMs !== undefined,
          release: releaseMs === undefined ? null : rfc3339(releaseMs),
        }
      : null,
    released: releases.length,
  }
}

export type RecoveryJson = ReturnType<typeof recoveryJson>

const SENTENCES: Readonly<Record<RecoveryJson['stage'], (recovery: RecoveryJson) => string>> = {
  ready: () => 'Prepared; nobody has announced a recovery.',
  waiting: ({ announced }) =>
    `ANNOUNCED for ${announced?.ticketId}: shares go out from ${announced?.release}. Is it not yours? medchain recover veto`,
  vetoed: () => 'Vetoed: nobody releases anything, unless more guardians or the institution overrule it.',
  open: ({ custodianThreshold, released }) =>
    `The delay has passed: medchain recover finish (${released} of ${custodianThreshold} custodians have released).`,
  closed: () => 'Closed: medchain recover setup prepares another one.',
}

export const stageText = (recovery: RecoveryJson): string => SENTENCES[recovery.stage](recovery)
