import { bytesFromBase32, didFromAccountId, revokeGrant } from '@medchain/core'
import type { TransactionOutcome } from '../../client/api-types.ts'
import { createTransactionBody, signTransaction } from '../../client/signed-transaction.ts'
import type { CommandContext } from '../../command-context.ts'
import { CommandError, fail, valueOrFail } from '../../command-error.ts'
import { EXIT } from '../../exit-code.ts'
import { shortId } from '../../format/id.ts'
import { chartActor } from '../../wallet/chart-keys.ts'
import { openPatientSession, type Session } from '../../wallet/session.ts'
import { shuffled } from '../../wallet/shuffled.ts'
import { type CommandAction, listOption } from '../command-spec.ts'
import { summaryOf } from '../transaction-summary.ts'
import { chooseGrants } from './choose-grants.ts'
import { parseCompartments } from './grant-choices.ts'
import { findGrantSets, type OwnGrant } from './own-grants.ts'

type Outcome = { readonly own: OwnGrant } & (
  | { readonly transaction: TransactionOutcome }
  | { readonly error: CommandError }
)

const revokeOne = async (context: CommandContext, session: Session, own: OwnGrant): Promise<Outcome> => {
  const body = createTransactionBody({
    networkId: session.networkId,
    sender: own.chart.chartId,
    kind: revokeGrant.kind,
    schema: revokeGrant.payload,
    payload: { grantId: valueOrFail(bytesFromBase32(own.info.grantId)) },
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

/** Ends a grant, in each chart that it is for, from the next block on. */
export const revoke: CommandAction = async (context, input) => {
  const compartments = parseCompartments(listOption(input, 'compartment'))
  const session = await openPatientSession(context)
  const { grantId, members } = chooseGrants(await findGrantSets(session), input.args[0] ?? '', compartments)
  const open = members.filter(({ info }) => info.revokedHeight === null)
  if (open.length === 0) return fail('consent.already-revoked', 'The grant is revoked already.')
  const progress = await context.progress('Revoking')
  const sent = shuffled(open).map((own) => revokeOne(context, session, own))
  const outcomes = await Promise.all(sent).finally(progress.stop)
  const done = outcomes.flatMap((each) => ('transaction' in each ? [each] : []))
  const failed = outcomes.flatMap((each) => ('error' in each ? [each] : []))
  if (done.length === 0 && failed[0] !== undefined) throw failed[0].error
  for (const { own, error } of failed)
    context.warn(`${own.chart.compartment}: ${error.message} [${error.code}]`)
  const partOf = ({ chart, info }: OwnGrant) => ({
    chart: didFromAccountId(chart.chartId),
    compartment: chart.compartment,
    grantId: info.grantId,
  })
  const summary = summaryOf(done.map(({ transaction }) => transaction))
  return {
    json: {
      grantId,
      grants: done.map(({ own }) => partOf(own)),
      ...summary,
      rotation: 'closed',
      ...(failed.length > 0 && {
        failed: failed.map(({ own, error }) => ({
          ...partOf(own),
          code: error.code,
          message: error.message,
        })),
      }),
    },
    text: `Grant ${shortId(grantId)} is revoked for ${done
      .map(({ own }) => own.chart.compartment)
      .sort()
      .join(
        ', ',
      )}: every node refuses from height ${summary.height ?? 'of its commit'} on.\nWhat was read before cannot be called back.`,
    exitCode: failed.length > 0 ? EXIT.partly : EXIT.done,
  }
}
