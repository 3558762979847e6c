import { bytesFromBase32, didFromAccountId, revokeGrant } from '@medchain/core'
import type { CommandContext } from '../../command-context.ts'
import { fail, valueOrFail } from '../../command-error.ts'
import { EXIT } from '../../exit-code.ts'
import { shortId } from '../../format/id.ts'
import { actedFor } from '../../guarding/for-option.ts'
import { bearsEpochs, type Rotation } from '../../rotating/ended-grants.ts'
import { finishRotations } from '../../rotating/finish-rotations.ts'
import { rotateCharts } from '../../rotating/rotate-charts.ts'
import { sendEach } from '../../sending/send-each.ts'
import { chartActor } from '../../wallet/chart-keys.ts'
import { openPatientSession, type Session } from '../../wallet/session.ts'
import { type CommandAction, listOption } from '../command-spec.ts'
import { summaryOf } from '../transaction-summary.ts'
import { chooseGrants } from './choose-grants.ts'
import { parseCompartments } from './grant-choices.ts'
import { findGrantSets, type OwnGrant } from './own-grants.ts'

const partOf = ({ chart, info }: OwnGrant) => ({
  chart: didFromAccountId(chart.chartId),
  compartment: chart.compartment,
  grantId: info.grantId,
})

/** Begins a new epoch where the grantee has the present one's secret; what fails the next command does. */
const seal = async (
  context: CommandContext,
  session: Session,
  done: readonly OwnGrant[],
): Promise<Rotation> => {
  const touched = done.filter(({ info }) => bearsEpochs(info)).map(({ chart }) => chart.chartId)
  if (touched.length === 0) return 'sealed'
  // On a node's mere word nobody gets the next key.
  if (!context.options.wait || session.client.isTrusting) return 'closed'
  const failed = (await rotateCharts(session, touched)).filter(({ error }) => error !== undefined)
  for (const { chart, error } of failed)
    context.warn(`${chart.compartment} is closed, and not sealed yet: ${error?.message} [${error?.code}]`)
  return failed.length > 0 ? 'closed' : 'sealed'
}

const textOf = (
  grantId: string,
  done: readonly OwnGrant[],
  height: number | undefined,
  rotation: Rotation,
): string => {
  const compartments = done.map(({ chart }) => chart.compartment).sort()
  const when = height ?? 'of its commit'
  const sealed =
    rotation === 'sealed'
      ? 'What is written from now on is sealed to a key that the grantee never had.'
      : 'The new key is not out yet; your next command does that.'
  return (
    `Grant ${shortId(grantId)} is revoked for ${compartments.join(', ')}: every node refuses from height ${when} on.\n` +
    `${sealed}\nWhat was read before cannot be called back, and an institution goes on reading what it wrote itself.`
  )
}

/** Ends a grant, in each chart that it is for, from the next block on; then seals those charts to a new key. */
export const revoke: CommandAction = async (context, input) => {
  if (actedFor(input) !== undefined)
    return (await import('../guardian/revoke-for.ts')).revokeFor(context, input)
  const compartments = parseCompartments(listOption(input, 'compartment'))
  const session = await openPatientSession(context)
  const { grantId, members } = chooseGrants(await findGrantSets(session), input.args[0] ?? '', compartments)
  const open = members.filter(({ info }) => info.revokedHeight === null)
  if (open.length === 0) return fail('consent.already-revoked', 'The grant is revoked already.')
  const progress = await context.progress('Revoking')
  const sendings = open.map((own) => ({
    item: own,
    actor: chartActor(own.chart),
    payload: { grantId: valueOrFail(bytesFromBase32(own.info.grantId)) },
  }))
  const { done, failed } = await sendEach(context, session.client, revokeGrant, sendings).finally(
    progress.stop,
  )
  for (const { item, error } of failed)
    context.warn(`${item.chart.compartment}: ${error.message} [${error.code}]`)
  const revoked = done.map(({ item }) => item)
  const rotation = await seal(context, session, revoked)
  await finishRotations(session, context.warn)
  const summary = summaryOf(done.map(({ transaction }) => transaction))
  return {
    json: {
      grantId,
      grants: revoked.map(partOf),
      ...summary,
      rotation,
      ...(failed.length > 0 && {
        failed: failed.map(({ item, error }) => ({
          ...partOf(item),
          code: error.code,
          message: error.message,
        })),
      }),
    },
    text: textOf(grantId, revoked, summary.height ?? undefined, rotation),
    exitCode: failed.length > 0 ? EXIT.partly : EXIT.done,
  }
}
