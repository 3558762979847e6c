/**
 * Why a record may not be erased. A retention period is named by its length alone: the name of the law would tell
 * what the record is about.
 */
export const HOLD_REASONS = [
  'litigation',
  'investigation',
  'public-health',
  'retention-2y',
  'retention-6y',
] as const

export type HoldReason = (typeof HOLD_REASONS)[number]

const DAY_MS = 86_400_000

interface RetentionPeriod {
  readonly reason: HoldReason
  /** Which records of which law; off the chain. */
  readonly basis: string
  readonly periodMs: number
}

/** Version 1 of the periods that the law sets; a hold keeps the one that it was placed under. */
export const RETENTION_PERIODS: readonly RetentionPeriod[] = [
  {
    reason: 'retention-2y',
    basis: '21 CFR 1304.04(a), records of controlled substances',
    periodMs: 731 * DAY_MS,
  },
  {
    reason: 'retention-6y',
    basis: '21 USC 360eee-1 (DSCSA), product tracing',
    periodMs: 2192 * DAY_MS,
  },
]

export const retentionPeriodMs = (reason: HoldReason): number | undefined =>
  RETENTION_PERIODS.find((period) => period.reason === reason)?.periodMs
