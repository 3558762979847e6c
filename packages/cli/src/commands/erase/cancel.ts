import { bytesFromBase32, cancelErasure, type KeyringChart } from '@medchain/core'
import { type ErasureInfo, erasuresOfChart } from '../../client/erasures.ts'
import type { CommandContext } from '../../command-context.ts'
import { fail, valueOrFail } from '../../command-error.ts'
import { EXIT } from '../../exit-code.ts'
import { sendEach } from '../../sending/send-each.ts'
import { chartActor } from '../../wallet/chart-keys.ts'
import type { Session } from '../../wallet/session.ts'
import { type CommandInput, type CommandResult, isSet } from '../command-spec.ts'
import { summaryOf } from '../transaction-summary.ts'
import { resealGrants } from './reseal-grants.ts'

interface OwnErasure {
  readonly chart: KeyringChart
  readonly info: ErasureInfo
}

const PREFIX_LENGTH_MIN = 4

/** Erasures that can be taken back, of the records or by the ids that were named; all with --all. */
const chosenErasures = async (session: Session, input: CommandInput): Promise<readonly OwnErasure[]> => {
  const isAll = input.args.length === 0
  if (!isAll && isSet(input, 'all'))
    return fail('usage.erase', 'Name records or erasures, or none for all that wait.')
  const perChart = await Promise.all(
    session.keyring
      .current()
      .charts.map(async (chart) =>
        (await erasuresOfChart(session.client, chart.chartId)).map((info) => ({ chart, info })),
      ),
  )
  const all = perChart.flat()
  const isNamed = ({ info }: OwnErasure, text: string): boolean =>
    text.length >= PREFIX_LENGTH_MIN &&
    (info.erasureId.startsWith(text) || info.records.some((record) => record.startsWith(text)))
  const named = isAll ? all : all.filter((own) => input.args.some((text) => isNamed(own, text)))
  const waiting = named.filter(({ info }) => info.state === 'waiting')
  if (waiting.length > 0) return waiting
  return named.some(({ info }) => info.state === 'pending' || info.state === 'erased')
    ? fail('erasure.due', 'The 72 hours are over: holders destroy, and nothing brings it back.')
    : fail('erasure.unknown', 'No erasure of that kind waits.', 'medchain erasures lists yours.')
}

/** Takes erasures back as wholes, in each chart that they are for. */
export const cancelErasures = async (
  context: CommandContext,
  session: Session,
  input: CommandInput,
): Promise<CommandResult> => {
  const chosen = await chosenErasures(session, input)
  const sendings = chosen.map((own) => ({
    item: own,
    actor: chartActor(own.chart),
    payload: { erasureId: valueOrFail(bytesFromBase32(own.info.erasureId)) },
  }))
  const { done, failed } = await sendEach(context, session.client, cancelErasure, sendings)
  for (const { item, error } of failed)
    context.warn(`${item.chart.compartment}: ${error.message} [${error.code}]`)
  if (context.options.wait)
    await resealGrants(context, session, new Set(done.map(({ item }) => item.chart.compartment)))
  const records = done.flatMap(({ item }) => item.info.records)
  return {
    json: {
      erasureId: done[0]?.item.info.erasureId ?? null,
      records,
      state: 'cancelled',
      dueAt: null,
      erasures: done.map(({ item: { info } }) => ({ erasureId: info.erasureId, records: info.records })),
      ...summaryOf(done.map(({ transaction }) => transaction)),
    },
    text: `${records.length === 1 ? 'One record stays' : `${records.length} records stay`}: the erasure is cancelled.`,
    exitCode: failed.length > 0 ? EXIT.partly : EXIT.done,
  }
}
