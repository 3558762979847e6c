import type { EpochOpening } from '@medchain/core'

/** Whether an ended grant is shut out by rule alone, or by a new key too. */
export type Rotation = 'closed' | 'sealed'

/** Of a grant as the chain has it, or as this program shows it. */
interface EndingGrant {
  readonly untilMs: number
  readonly revokedHeight: number | null | undefined
  readonly mode: string
  readonly isDeny: boolean
  readonly purposes: readonly string[]
  readonly scopeDigest: unknown
}

/** Whether the grantee has the secrets of the chart's epochs: single records, writing and research need none. */
export const bearsEpochs = ({
  mode,
  isDeny,
  purposes,
  scopeDigest,
}: Omit<EndingGrant, 'untilMs' | 'revokedHeight'>): boolean =>
  mode !== 'write' && !isDeny && !purposes.includes('HRESCH') && (scopeDigest ?? undefined) === undefined

/**
 * `sealed` once the chart's present epoch began after the grant had ended, and for grants that gave no epoch's
 * secret away; `closed` before; undefined for a grant that has not ended.
 */
export const rotationOf = (
  grant: EndingGrant,
  { height, timeMs: openedMs }: EpochOpening,
  timeMs: number,
): Rotation | undefined => {
  const revokedHeight = grant.revokedHeight ?? undefined
  if (revokedHeight === undefined && timeMs < grant.untilMs) return undefined
  if (!bearsEpochs(grant)) return 'sealed'
  const isRevokedBefore = revokedHeight !== undefined && revokedHeight < height
  return isRevokedBefore || grant.untilMs <= openedMs ? 'sealed' : 'closed'
}
