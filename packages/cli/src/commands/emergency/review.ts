import { base32FromBytes, didFromAccountId, reviewEmergency } from '@medchain/core'
import type { NodeClient } from '../../client/node-client.ts'
import type { Actor } from '../../client/signed-request.ts'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { chooseSet, emergencySetId } from '../../emergencies/emergency-row.ts'
import {
  emergenciesOfParties,
  type KnownEmergency,
  knownEmergencies,
} from '../../emergencies/known-emergencies.ts'
import { EXIT } from '../../exit-code.ts'
import { actAs } from '../../reading/acting.ts'
import { sendEach } from '../../sending/send-each.ts'
import { type CommandAction, isSet } from '../command-spec.ts'
import { openInstitution } from '../member/institution-session.ts'
import { isInstitutionMeant } from '../subject/directory-session.ts'
import { summaryOf } from '../transaction-summary.ts'

export interface Reviewing {
  readonly client: NodeClient
  readonly actor: Actor
  readonly emergencies: readonly KnownEmergency[]
}

/** Emergencies of an institution: as the institution itself in the home of its node, else as one of its people. */
export const openReviewing = async (context: CommandContext): Promise<Reviewing> => {
  if (isInstitutionMeant(context)) {
    const { client, actor } = await openInstitution(context)
    return { client, actor, emergencies: await emergenciesOfParties(client, actor, [actor.id]) }
  }
  const acting = await actAs(context)
  const { client, identity } = acting
  return { client, actor: identity.actor, emergencies: await knownEmergencies(context, acting, true) }
}

/** A privacy officer, or the institution, says whether an emergency was justified. */
export const review: CommandAction = async (context, input) => {
  const isJustified = isSet(input, 'justified')
  if (isJustified === isSet(input, 'unjustified'))
    return fail('usage.missing-option', 'Either --justified or --unjustified is needed.')
  const { client, actor, emergencies } = await openReviewing(context)
  const chosen = chooseSet(emergencies, input.args[0] ?? '').filter(({ fromMs }) => fromMs !== undefined)
  if (chosen.length === 0)
    return fail('emergency.never-opened', 'The emergency was never co-signed and opened nothing.')
  const sendings = chosen.map((item) => ({ item, actor, payload: { id: item.id, isJustified } }))
  const progress = await context.progress('Reviewing')
  const { done, failed } = await sendEach(context, client, reviewEmergency, sendings).finally(progress.stop)
  for (const { item, error } of failed)
    context.warn(`${item.details?.compartment ?? 'A chart'}: ${error.message} [${error.code}]`)
  const verdict = isJustified ? 'justified' : 'unjustified'
  return {
    json: {
      set: done[0] ? emergencySetId(done[0].item) : null,
      emergencyId: done[0] ? base32FromBytes(done[0].item.id) : null,
      review: verdict,
      emergencies: done.map(({ item }) => ({
        emergencyId: base32FromBytes(item.id),
        chart: didFromAccountId(item.chart),
        compartment: item.details?.compartment ?? null,
      })),
      ...summaryOf(done.map(({ transaction }) => transaction)),
    },
    text: `Reviewed: ${verdict}. The patient is told.`,
    exitCode: failed.length > 0 ? EXIT.partly : EXIT.done,
  }
}
