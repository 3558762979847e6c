import {
  base32FromBytes,
  bytesFromBase32,
  type Compartment,
  compareBytes,
  erasureOfRecord,
  holdOn,
  holdsIn,
  type KeyringChart,
  RECORDS_PER_ERASURE_MAX,
} from '@medchain/core'
import { readProven } from '../../client/proven-view.ts'
import { fail, valueOrFail } from '../../command-error.ts'
import type { Session } from '../../wallet/session.ts'
import { findOwnRecords, recordsOf } from '../grant/find-records.ts'

/** One transaction: records of one chart, in increasing order. */
export interface PlannedErasure {
  readonly chart: KeyringChart
  readonly recordIds: readonly Uint8Array[]
}

/** A record that is not erased now, and why. */
export interface LeftOut {
  readonly record: string
  readonly code: string
  readonly message: string
}

export interface ErasurePlan {
  readonly planned: readonly PlannedErasure[]
  readonly leftOut: readonly LeftOut[]
}

interface OwnRecords {
  readonly chart: KeyringChart
  readonly recordIds: readonly Uint8Array[]
}

/** The records that were named, or all, by chart; `usage.erase` when neither is asked for. */
export const chosenRecords = async (
  { client, keyring }: Session,
  typed: readonly string[],
  isAll: boolean,
): Promise<readonly OwnRecords[]> => {
  const { charts } = keyring.current()
  if (isAll === typed.length > 0)
    return fail('usage.erase', 'Name records, or all of them with --all.', 'medchain records lists yours.')
  if (isAll) {
    return Promise.all(
      charts.map(async (chart) => ({
        chart,
        recordIds: (await recordsOf(client, chart)).map(({ id }) => valueOrFail(bytesFromBase32(id))),
      })),
    )
  }
  const found = await findOwnRecords(client, charts, typed)
  return charts.flatMap((chart) => {
    const recordIds = found.get(chart.compartment as Compartment)
    return recordIds ? [{ chart, recordIds }] : []
  })
}

/** Why the chain would refuse each of these records now, by its own rule; undefined where it would not. */
const refusalsOf = (
  { client }: Session,
  { chart, recordIds }: OwnRecords,
): Promise<readonly (LeftOut | undefined)[]> =>
  readProven(client, (view, { timeMs }) => {
    const placed = holdsIn(view, chart.chartId)
    return recordIds.map((recordId): LeftOut | undefined => {
      const record = base32FromBytes(recordId)
      const hold = holdOn(view, placed, recordId, timeMs)
      if (erasureOfRecord(view, recordId))
        return { record, code: 'erasure.exists', message: 'It is erased already, or is going to be.' }
      return hold && { record, code: 'erasure.held', message: `It is kept by a hold: ${hold.reason}.` }
    })
  })

const planChart = async (session: Session, own: OwnRecords): Promise<ErasurePlan> => {
  const { chart, recordIds } = own
  const refusals = await refusalsOf(session, own)
  const leftOut = refusals.filter((refusal) => refusal !== undefined)
  const free = recordIds.filter((_, index) => refusals[index] === undefined)
  const sorted = free.sort(compareBytes)
  const planned: PlannedErasure[] = []
  for (let at = 0; at < sorted.length; at += RECORDS_PER_ERASURE_MAX)
    planned.push({ chart, recordIds: sorted.slice(at, at + RECORDS_PER_ERASURE_MAX) })
  return { planned, leftOut }
}

/** Transactions for these records, without what is under way already or held. */
export const planErasures = async (session: Session, chosen: readonly OwnRecords[]): Promise<ErasurePlan> => {
  const plans = await Promise.all(chosen.map((own) => planChart(session, own)))
  return {
    planned: plans.flatMap(({ planned }) => planned),
    leftOut: plans.flatMap(({ leftOut }) => leftOut),
  }
}
