import { dateRange, type KeyringChart } from '@medchain/core'
import { CommandError } from '../command-error.ts'
import type { DateSpan } from '../wallet/date-scopes.ts'
import type { Session } from '../wallet/session.ts'
import { ownChart } from './acting.ts'
import { candidatesOf, isCurrent } from './candidates.ts'
import { readBatches } from './chain-facts.ts'
import { openReadingPlace, readCandidates } from './read-candidates.ts'
import { ownReadableChart } from './readable-charts.ts'
import { refusalError } from './refusals.ts'

export interface DatedRecords {
  /** Records whose whole clinical date lies in the span, oldest batch first. */
  readonly recordIds: readonly Uint8Array[]
  /** Records without a date that can be read. */
  readonly undated: number
  /** Batches that the chart had. */
  readonly batchCount: number
}

/** Whether all of what a FHIR date covers lies in the span: `2024` is not in a span of half that year. */
export const isDatedWithin = (date: string | undefined, { fromMs, untilMs }: DateSpan): boolean => {
  const covered = date === undefined ? undefined : dateRange(date)
  if (covered === undefined) return false
  return covered.low >= (fromMs ?? covered.low) && covered.high <= (untilMs ?? covered.high)
}

const isGone = (code: string): boolean => /(^|\.)erased$/.test(code)

/**
 * Records of one's own chart by the dates in their sealed headers, from batch `fromBatch` on. Dates are nowhere
 * else, so this is a listing of the patient's own, logged like any. Throws when a header cannot be read.
 */
export const findDatedRecords = async (
  { client, identity, networkId }: Session,
  entry: KeyringChart,
  span: DateSpan,
  fromBatch = 0,
): Promise<DatedRecords> => {
  const chart = ownReadableChart(ownChart(entry), identity.did)
  const batches = await readBatches(client, chart.chart)
  const fresh = new Set(batches.slice(fromBatch).map(({ batchId }) => batchId))
  const found: DatedRecords = { recordIds: [], undated: 0, batchCount: batches.length }
  if (fresh.size === 0) return found
  const candidates = (await candidatesOf(client, chart)).filter(
    (candidate) =>
      fresh.has(candidate.batch.batchId) && isCurrent(candidate) && candidate.batch.disputed === null,
  )
  const place = await openReadingPlace({ client, identity, networkId, isPatient: true, now: Date.now })
  const dates = new Map<string, string | undefined>()
  for await (const { candidate, result } of readCandidates(place, candidates, 'list', 'PATRQT')) {
    if (result.ok) dates.set(candidate.id, result.value.header.date)
    else if (!isGone(result.code)) throw refusalError(result)
  }
  const listed = candidates.filter(({ id }) => dates.has(id))
  const isDated = (id: string): boolean => dateRange(dates.get(id) ?? '') !== undefined
  return {
    recordIds: listed.filter(({ id }) => isDatedWithin(dates.get(id), span)).map(({ recordId }) => recordId),
    undated: listed.filter(({ id }) => !isDated(id)).length,
    batchCount: batches.length,
  }
}

/** Whether the failure is one of holders that are away, so that another time will do. */
export const isPassing = (error: unknown): boolean =>
  error instanceof CommandError && /^(network|node|request|disclosure)\.|\.stale$/.test(error.code)
