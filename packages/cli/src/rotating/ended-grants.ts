import type { ChartInfo, GrantInfo } from '../client/api-types.ts'

/** Whether an ended grant is shut out by rule alone, or by a new key too. */
export type Rotation = 'closed' | 'sealed'

type Ending = Pick<GrantInfo, 'revokedHeight' | 'untilMs'>

interface KeyTerms {
  readonly mode: string
  readonly isDeny: boolean
  readonly purposes: readonly string[]
  readonly scopeDigest: unknown
}

/** Whether the grantee has the secrets of the chart's epochs: single records, writing and research need none. */
export const bearsEpochs = ({ mode, isDeny, purposes, scopeDigest }: KeyTerms): boolean =>
  mode !== 'write' && !isDeny && !purposes.includes('HRESCH') && (scopeDigest ?? undefined) === undefined

export const hasEnded = ({ revokedHeight, untilMs }: Ending, timeMs: number): boolean =>
  revokedHeight !== null || untilMs <= timeMs

/**
 * `sealed` once the chart's present epoch began after the grant had ended, and for grants that gave no epoch's
 * secret away; `closed` before; undefined for a grant that has not ended.
 */
export const rotationOf = (
  grant: GrantInfo,
  { epochOpenedHeight, epochOpenedMs }: Pick<ChartInfo, 'epochOpenedHeight' | 'epochOpenedMs'>,
  timeMs: number,
): Rotation | undefined => {
  if (!hasEnded(grant, timeMs)) return undefined
  if (!bearsEpochs(grant)) return 'sealed'
  const { revokedHeight, untilMs } = grant
  const endedBefore =
    (revokedHeight !== null && revokedHeight < epochOpenedHeight) || untilMs <= epochOpenedMs
  return endedBefore ? 'sealed' : 'closed'
}
