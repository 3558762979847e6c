/** Something that keeps a validator from voting as usual, as its operator is told of it. */
export interface Situation {
  readonly code: string
  /** What was found and what that says. */
  readonly means: string
  /** What happens now, and by whom. */
  readonly does: string
  /** What it costs, and what is never risked. */
  readonly costs: string
  /** Who has to act: nobody, `node recover --apply`, or the operator. */
  readonly remedy: 'none' | 'apply' | 'operator'
}

export interface RecoveryReport {
  readonly home: string
  readonly isValidator: boolean
  /** Highest block that is stored soundly. */
  readonly headHeight: number
  /** By this machine's clock. */
  readonly headAgeMs: number | undefined
  /** Height at and below which nothing will be signed, undefined when that is known only once others have answered. */
  readonly abstainUpTo: number | undefined
  readonly situations: readonly Situation[]
  readonly isChanged: boolean
}
