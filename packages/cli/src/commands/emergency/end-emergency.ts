import {
  base32FromBytes,
  closeEmergency,
  coSignEmergency,
  didFromAccountId,
  stateOfEmergency,
} from '@medchain/core'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { chooseSet, emergencySetId, isParty } from '../../emergencies/emergency-row.ts'
import { standsStill } from '../../emergencies/halt.ts'
import { forgetKeys } from '../../emergencies/kept-keys.ts'
import { type KnownEmergency, knownEmergencies } from '../../emergencies/known-emergencies.ts'
import { EXIT } from '../../exit-code.ts'
import { actAs } from '../../reading/acting.ts'
import { type Sent, sendEach } from '../../sending/send-each.ts'
import type { CommandAction, CommandResult } from '../command-spec.ts'
import { summaryOf } from '../transaction-summary.ts'
import { closeInHalt, coSignInHalt } from './end-halted.ts'

const sentResult = (
  context: CommandContext,
  { done, failed }: Sent<KnownEmergency>,
  more: { readonly state: string },
  text: string,
): CommandResult => {
  for (const { item, error } of failed)
    context.warn(`${item.details?.compartment ?? 'A chart'}: ${error.message} [${error.code}]`)
  return {
    json: {
      set: done[0] ? emergencySetId(done[0].item) : null,
      emergencyId: done[0] ? base32FromBytes(done[0].item.id) : null,
      ...more,
      emergencies: done.map(({ item }) => ({
        emergencyId: base32FromBytes(item.id),
        chart: didFromAccountId(item.chart),
        compartment: item.details?.compartment ?? null,
      })),
      failed: failed.map(({ item, error }) => ({
        emergencyId: base32FromBytes(item.id),
        code: error.code,
        message: error.message,
      })),
      ...summaryOf(done.map(({ transaction }) => transaction)),
    },
    text,
    exitCode: failed.length > 0 ? EXIT.partly : EXIT.done,
  }
}

const sendFor = (
  context: CommandContext,
  client: Parameters<typeof sendEach>[1],
  kind: typeof closeEmergency | typeof coSignEmergency,
  emergencies: readonly KnownEmergency[],
): Promise<Sent<KnownEmergency>> =>
  sendEach(
    context,
    client,
    kind,
    emergencies.map((item) => ({ item, actor: item.actor, payload: { id: item.id } })),
  )

/** The declarer or the patient ends an emergency, in every chart that it opened, from the next block on. */
export const close: CommandAction = async (context, input) => {
  const isHalted = await standsStill(context)
  const acting = await actAs(context)
  if (isHalted) return closeInHalt(context, acting, input.args[0] ?? '')
  const nowMs = acting.now()
  const mine = (await knownEmergencies(context, acting)).filter(
    ({ declarer }) => acting.isPatient || isParty(declarer, acting.identity.id),
  )
  const known = new Map(mine.map((each) => [each.id, each]))
  const chosen = chooseSet(mine, input.args[0] ?? '').flatMap(({ id }) => known.get(id) ?? [])
  const open = chosen.filter((each) => ['awaiting', 'in-force'].includes(stateOfEmergency(each, nowMs)))
  if (open.length === 0) return fail('emergency.ended', 'The emergency has ended.')
  const progress = await context.progress('Closing')
  const sent = await sendFor(context, acting.client, closeEmergency, open).finally(progress.stop)
  if (!acting.isPatient) {
    const { files } = await context.wallet()
    await forgetKeys(
      files,
      acting.identity,
      open.map(({ id }) => id),
    )
  }
  const after = acting.isPatient
    ? 'What was read cannot be called back.'
    : 'It is to be reviewed by a privacy officer within 72 hours.'
  const text = `The emergency is closed: every node refuses from its block on.\n${after}`
  return sentResult(context, sent, { state: 'closed' }, text)
}

/** The co-signer whom a declaration names confirms it. */
export const coSign: CommandAction = async (context, input) => {
  const isHalted = await standsStill(context)
  const acting = await actAs(context)
  if (isHalted) return coSignInHalt(context, acting, input.args[0] ?? '')
  const awaiting = (await knownEmergencies(context, acting)).filter(
    (each) =>
      isParty(acting.identity.id, each.coSigner) && stateOfEmergency(each, acting.now()) === 'awaiting',
  )
  const known = new Map(awaiting.map((each) => [each.id, each]))
  const chosen = chooseSet(awaiting, input.args[0] ?? '').flatMap(({ id }) => known.get(id) ?? [])
  const progress = await context.progress('Co-signing')
  const sent = await sendFor(context, acting.client, coSignEmergency, chosen).finally(progress.stop)
  return sentResult(context, sent, { state: 'in-force' }, 'Co-signed: the emergency is in force.')
}
