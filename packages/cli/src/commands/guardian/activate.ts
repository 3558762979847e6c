import { directoryCharts, equalBytes, newestGuardianshipOf, stateIncapacity } from '@medchain/core'
import { readProven } from '../../client/proven-view.ts'
import { fail } from '../../command-error.ts'
import { EXIT } from '../../exit-code.ts'
import { failedJson, sendParts } from '../../guarding/send-parts.ts'
import { actAs } from '../../reading/acting.ts'
import { findSubject } from '../../reading/find-subject.ts'
import { receivedGrants } from '../../reading/granted-keys.ts'
import { findParty } from '../../wallet/contacts.ts'
import { type CommandAction, isSet } from '../command-spec.ts'
import { summaryOf } from '../transaction-summary.ts'

interface KnownChart {
  readonly chart: Uint8Array
  readonly compartment: string
}

/** A clinician states that the patient cannot act, so that a proxy may; or takes the own statement back. */
export const activateProxy: CommandAction = async (context, input) => {
  const isIncapable = !isSet(input, 'withdraw')
  const subject = await findSubject(context, input.args[0] ?? '')
  const acting = await actAs(context)
  const { client, identity } = acting
  if (identity.role !== 'practitioner')
    return fail('usage.role', 'Only a practitioner states that a patient cannot act.')
  const guardian = await findParty((await context.wallet()).files, input.args[1] ?? '')
  const listed: readonly KnownChart[] = await client
    .call(directoryCharts, { person: subject.id }, identity.actor)
    .catch(() => [])
  const granted = (await receivedGrants(acting)).filter(({ person }) => equalBytes(person, subject.id))
  const known = new Map<string, KnownChart>(
    [...granted, ...listed].map((entry) => [entry.chart.join(), entry]),
  )
  const parts = await readProven(client, (view) =>
    [...known.values()].flatMap(({ chart, compartment }) => {
      const newest = newestGuardianshipOf(view, chart, guardian.id)
      if (newest?.kind !== 'proxy' || newest.endedHeight !== undefined) return []
      const payload = { guardianshipId: newest.guardianshipId, isIncapable }
      return [{ compartment, actor: identity.actor, payload }]
    }),
  )
  if (parts.length === 0)
    return fail('guardian.none', `You know of no chart of ${subject.name} with ${guardian.name} as proxy.`)
  const outcome = await sendParts(context, acting, stateIncapacity, parts)
  return {
    json: {
      subject: subject.did,
      guardian: guardian.did,
      incapable: isIncapable,
      compartments: outcome.sent.map(({ part }) => part.compartment).sort(),
      ...summaryOf(outcome.sent.map(({ transaction }) => transaction)),
      ...failedJson(outcome),
    },
    text: isIncapable
      ? `Your statement stands. ${guardian.name} acts for ${subject.name} once two clinicians have stated it.`
      : 'Your statement is taken back.',
    exitCode: outcome.failed.length > 0 ? EXIT.partly : EXIT.done,
  }
}
