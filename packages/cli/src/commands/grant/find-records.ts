import {
  base32FromBytes,
  bytesFromBase32,
  type Compartment,
  type KeyringChart,
  recordIdFromBatch,
} from '@medchain/core'
import { batchesOfChart } from '../../client/accounts.ts'
import type { NodeClient } from '../../client/node-client.ts'
import { fail, valueOrFail } from '../../command-error.ts'

const PREFIX_LENGTH_MIN = 4

export interface OwnRecord {
  readonly id: string
  readonly chart: KeyringChart
  /** Id of the record that it disputes; null for every other record. */
  readonly disputed: string | null
}

/** Every record that a chart ever got. */
export const recordsOf = async (client: NodeClient, chart: KeyringChart): Promise<readonly OwnRecord[]> => {
  const batches = await batchesOfChart(client, chart.chartId)
  return batches.flatMap(({ batchId, count, disputed }) => {
    const batch = valueOrFail(bytesFromBase32(batchId))
    return Array.from({ length: count }, (_, index) => ({
      id: base32FromBytes(recordIdFromBatch(batch, index)),
      chart,
      disputed,
    }))
  })
}

/** One's own records by their ids or unambiguous beginnings, gathered by compartment. */
export const findOwnRecords = async (
  client: NodeClient,
  charts: readonly KeyringChart[],
  typed: readonly string[],
  check: (record: OwnRecord) => void = () => undefined,
): Promise<ReadonlyMap<Compartment, readonly Uint8Array[]>> => {
  const own = (await Promise.all(charts.map((chart) => recordsOf(client, chart)))).flat()
  const found = new Map<Compartment, Uint8Array[]>()
  for (const text of new Set(typed)) {
    const matches = text.length < PREFIX_LENGTH_MIN ? [] : own.filter(({ id }) => id.startsWith(text))
    const [match, other] = matches
    if (match === undefined)
      return fail('record.not-found', `You have no record “${text}”.`, 'medchain records lists yours.')
    if (other !== undefined)
      return fail(
        'usage.record',
        `“${text}” is the beginning of ${matches.length} records.`,
        'Write more of the id.',
      )
    check(match)
    const compartment = match.chart.compartment as Compartment
    found.set(compartment, [...(found.get(compartment) ?? []), valueOrFail(bytesFromBase32(match.id))])
  }
  return found
}
