import { bytesFromBase32, cancelErasure, type KeyringChart } from '@medchain/core'
import type { TransactionOutcome } from '../../client/api-types.ts'
import { type ErasureInfo, erasuresOfChart } from '../../client/erasures.ts'
import { createTransactionBody, signTransaction } from '../../client/signed-transaction.ts'
import type { CommandContext } from '../../command-context.ts'
import { CommandError, fail, valueOrFail } from '../../command-error.ts'
import { EXIT } from '../../exit-code.ts'
import { chartActor } from '../../wallet/chart-keys.ts'
import type { Session } from '../../wallet/session.ts'
import { shuffled } from '../../wallet/shuffled.ts'
import { type CommandInput, type CommandResult, isSet } from '../command-spec.ts'
import { summaryOf } from '../transaction-summary.ts'
import { resealGrants } from './reseal-grants.ts'

interface OwnErasure {
  readonly chart: KeyringChart
  readonly info: ErasureInfo
}

type Outcome = { readonly own: OwnErasure } & (
  | { readonly transaction: TransactionOutcome }
  | { readonly error: CommandError }
)

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

const cancelOne = async (context: CommandContext, session: Session, own: OwnErasure): Promise<Outcome> => {
  const body = createTransactionBody({
    networkId: session.networkId,
    sender: own.chart.chartId,
    kind: cancelErasure.kind,
    schema: cancelErasure.payload,
    payload: { erasureId: valueOrFail(bytesFromBase32(own.info.erasureId)) },
    timeMs: context.host.now(),
  })
  try {
    const signed = signTransaction(body, [chartActor(own.chart)])
    return { own, transaction: await session.client.submit(signed, context.options.wait) }
  } catch (error) {
    if (error instanceof CommandError) return { own, error }
    throw error
  }
}

/** Takes erasures back as wholes, in each chart that they are for. */
export const cancelErasures = async (
  context: CommandContext,
  session: Session,
  input: CommandInput,
): Promise<CommandResult> => {
  const chosen = await chosenErasures(session, input)
  const outcomes = await Promise.all(shuffled(chosen).map((own) => cancelOne(context, session, own)))
  const done = outcomes.flatMap((each) => ('transaction' in each ? [each] : []))
  const failed = outcomes.flatMap((each) => ('error' in each ? [each] : []))
  if (done.length === 0 && failed[0] !== undefined) throw failed[0].error
  for (const { own, error } of failed)
    context.warn(`${own.chart.compartment}: ${error.message} [${error.code}]`)
  if (context.options.wait)
    await resealGrants(context, session, new Set(done.map(({ own }) => own.chart.compartment)))
  const records = done.flatMap(({ own }) => own.info.records)
  return {
    json: {
      erasureId: done[0]?.own.info.erasureId ?? null,
      records,
      state: 'cancelled',
      dueAt: null,
      erasures: done.map(({ own: { info } }) => ({ erasureId: info.erasureId, records: info.records })),
      ...summaryOf(done.map(({ transaction }) => transaction)),
    },
    text: `${records.length === 1 ? 'One record stays' : `${records.length} records stay`}: the erasure is cancelled.`,
    exitCode: failed.length > 0 ? EXIT.partly : EXIT.done,
  }
}
