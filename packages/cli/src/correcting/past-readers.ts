import { grantsOfChart } from '../client/accounts.ts'
import type { GrantInfo } from '../client/api-types.ts'
import type { ProvingMany } from '../client/proven-view.ts'
import { rfc3339 } from '../format/time.ts'
import type { WrittenRecord } from './written-record.ts'

/** A grant under which a record could be read since it was anchored. */
export interface PastReader {
  readonly grantId: string
  readonly grantee: string
  readonly purposes: readonly string[]
  readonly until: string
  readonly isRevoked: boolean
  /** Whether the grant lists records, so that this one may not be among them. */
  readonly isOfList: boolean
}

const couldRead =
  ({ batch }: WrittenRecord, nowMs: number) =>
  ({ mode, isDeny, fromMs, untilMs, revokedHeight }: GrantInfo): boolean =>
    mode !== 'write' &&
    !isDeny &&
    untilMs > batch.timeMs &&
    fromMs <= nowMs &&
    (revokedHeight === null || revokedHeight > batch.height)

/** Whom the patient let read the record's chart at some time since it was anchored. */
export const pastReadersOf = async (
  client: ProvingMany,
  record: WrittenRecord,
  nowMs: number,
): Promise<readonly PastReader[]> => {
  const grants = await grantsOfChart(client, record.chart)
  return grants
    .filter(couldRead(record, nowMs))
    .map(({ grantId, grantee, purposes, untilMs, revokedHeight, scopeDigest }) => ({
      ...{ grantId, grantee, purposes },
      until: rfc3339(untilMs),
      isRevoked: revokedHeight !== null,
      isOfList: scopeDigest !== null,
    }))
}
