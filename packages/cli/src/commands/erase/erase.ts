import { base32FromBytes, didFromAccountId, requestErasure } from '@medchain/core'
import type { TransactionOutcome } from '../../client/api-types.ts'
import { type ErasureInfo, erasuresOfChart } from '../../client/erasures.ts'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { EXIT } from '../../exit-code.ts'
import { shortId } from '../../format/id.ts'
import { rfc3339 } from '../../format/time.ts'
import { type Sent, sendEach } from '../../sending/send-each.ts'
import { chartActor } from '../../wallet/chart-keys.ts'
import { openPatientSession, type Session } from '../../wallet/session.ts'
import { type CommandAction, type CommandResult, isSet, type JsonValue } from '../command-spec.ts'
import { summaryOf } from '../transaction-summary.ts'
import { cancelErasures } from './cancel.ts'
import { listErasures } from './list.ts'
import { chosenRecords, type LeftOut, type PlannedErasure, planErasures } from './plan-erasures.ts'
import { resealGrants } from './reseal-grants.ts'

interface Asked {
  readonly planned: PlannedErasure
  readonly transaction: TransactionOutcome
  /** Undefined while it is not committed. */
  readonly info: ErasureInfo | undefined
}

/** An erasure is called by the id of its transaction. */
const withInfo = ({ client }: Session, done: Sent<PlannedErasure>['done']): Promise<readonly Asked[]> =>
  Promise.all(
    done.map(async ({ item: planned, transaction }) => {
      const ofChart = transaction.height === null ? [] : await erasuresOfChart(client, planned.chart.chartId)
      const info = ofChart.find(({ erasureId }) => erasureId === transaction.txId)
      return { planned, transaction, info }
    }),
  )

const partOf = ({ planned, transaction, info }: Asked): { readonly [key: string]: JsonValue } => ({
  erasureId: transaction.txId,
  chart: didFromAccountId(planned.chart.chartId),
  compartment: planned.chart.compartment,
  records: planned.recordIds.map(base32FromBytes),
  state: info?.state ?? 'submitted',
  dueAt: info ? rfc3339(info.dueMs) : null,
})

const failuresOf = (failed: Sent<PlannedErasure>['failed']): readonly LeftOut[] =>
  failed.flatMap(({ item, error: { code, message } }) =>
    item.recordIds.map((id) => ({ record: base32FromBytes(id), code, message })),
  )

const textOf = (asked: readonly Asked[], leftOut: readonly LeftOut[]): string => {
  const count = asked.reduce((sum, { planned }) => sum + planned.recordIds.length, 0)
  const due = asked.find(({ info }) => info)?.info?.dueMs
  const when = due === undefined ? 'in 72 hours' : `from ${rfc3339(due)} on`
  const lines = [
    `${count === 1 ? 'One record is' : `${count} records are`} destroyed at every institution ${when}.`,
    'Until then medchain erase --cancel takes it back; medchain erasures tells how far it is.',
    'What was read or copied before cannot be called back.',
    ...leftOut.map(({ record, message }) => `· ${shortId(record)}: ${message}`),
  ]
  return lines.join('\n')
}

const carryOut = async (
  context: CommandContext,
  session: Session,
  planned: readonly PlannedErasure[],
  leftOut: readonly LeftOut[],
): Promise<CommandResult> => {
  const sendings = planned.map((item) => ({
    item,
    actor: chartActor(item.chart),
    payload: { records: item.recordIds },
  }))
  const { done, failed } = await sendEach(context, session.client, requestErasure, sendings)
  const asked = await withInfo(session, done)
  const left = [...leftOut, ...failuresOf(failed)]
  if (context.options.wait)
    await resealGrants(context, session, new Set(asked.map(({ planned: { chart } }) => chart.compartment)))
  const parts = asked.map(partOf)
  return {
    json: {
      ...{ erasureId: parts[0]?.['erasureId'] ?? null, state: parts[0]?.['state'] ?? null },
      records: parts.flatMap(({ records }) => records as readonly string[]),
      dueAt: parts[0]?.['dueAt'] ?? null,
      erasures: parts,
      ...(left.length > 0 && { failed: left.map((each) => ({ ...each })) }),
      ...summaryOf(asked.map(({ transaction }) => transaction)),
    },
    text: textOf(asked, left),
    exitCode: left.length > 0 ? EXIT.partly : EXIT.done,
  }
}

/** Has records destroyed everywhere in 72 hours, in one transaction for each chart. */
export const erase: CommandAction = async (context, input) => {
  if (isSet(input, 'status')) return listErasures(context, input)
  const session = await openPatientSession(context)
  if (isSet(input, 'cancel')) return cancelErasures(context, session, input)
  const chosen = await chosenRecords(session, input.args, isSet(input, 'all'))
  const { planned, leftOut } = await planErasures(session, chosen)
  const count = planned.reduce((sum, { recordIds }) => sum + recordIds.length, 0)
  if (count === 0) {
    const [first] = leftOut
    return first ? fail(first.code, first.message) : fail('record.not-found', 'You have no records.')
  }
  const question = `Have ${count === 1 ? 'this record' : `${count} records`} destroyed at every institution?`
  if (context.isInteractive && !(await context.confirm(question)))
    return { json: {}, text: 'Nothing is erased.', exitCode: EXIT.failed }
  const progress = await context.progress('Asking for the erasure')
  return carryOut(context, session, planned, leftOut).finally(progress.stop)
}
