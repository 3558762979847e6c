import { didFromAccountId, revokeGrantFor } from '@medchain/core'
import { grantsOfChart } from '../../client/accounts.ts'
import { fail } from '../../command-error.ts'
import { EXIT } from '../../exit-code.ts'
import { shortId } from '../../format/id.ts'
import { actedFor } from '../../guarding/for-option.ts'
import { chartsActedFor } from '../../guarding/guarded-charts.ts'
import { failedJson, sendParts } from '../../guarding/send-parts.ts'
import { actAs } from '../../reading/acting.ts'
import { bytesOfId } from '../../reading/chain-facts.ts'
import { findSubject } from '../../reading/find-subject.ts'
import { type CommandAction, listOption } from '../command-spec.ts'
import { parseCompartments } from '../grant/grant-choices.ts'
import { summaryOf } from '../transaction-summary.ts'

const PREFIX_LENGTH_MIN = 4

/** A guardian ends a grant in the patient's place: the one named, in the charts in which it acts. */
export const revokeFor: CommandAction = async (context, input) => {
  const typed = (input.args[0] ?? '').toLowerCase()
  const compartments = parseCompartments(listOption(input, 'compartment')) as readonly string[]
  const subject = await findSubject(context, actedFor(input) ?? '')
  const acting = await actAs(context)
  const charts = (await chartsActedFor(acting, subject)).filter(
    ({ compartment }) => compartments.length === 0 || compartments.includes(compartment),
  )
  const told = await Promise.all(
    charts.map(async (chart) =>
      (await grantsOfChart(acting.client, chart.chart)).map((info) => ({ info, chart })),
    ),
  )
  const found = told.flat().filter(({ info }) => {
    const isNamed = typed.length < PREFIX_LENGTH_MIN ? info.grantId === typed : info.grantId.startsWith(typed)
    return isNamed && info.revokedHeight === null
  })
  if (found.length === 0)
    return fail('consent.unknown-grant', `${subject.name} has no grant “${typed}” in force where you act.`)
  const parts = found.map(({ info, chart }) => ({
    compartment: chart.compartment,
    actor: acting.identity.actor,
    payload: { chart: chart.chart, grantId: bytesOfId(info.grantId) },
  }))
  const outcome = await sendParts(context, acting, revokeGrantFor, parts)
  const grantId = found[0]?.info.grantId ?? typed
  return {
    json: {
      grantId,
      grants: outcome.sent.map(({ part }) => ({
        chart: didFromAccountId(part.payload.chart),
        compartment: part.compartment,
        grantId: found.find(({ chart }) => chart.compartment === part.compartment)?.info.grantId ?? grantId,
      })),
      ...summaryOf(outcome.sent.map(({ transaction }) => transaction)),
      rotation: 'closed',
      ...failedJson(outcome),
    },
    text: `Grant ${shortId(grantId)} is revoked in the place of ${subject.name}; the patient’s next command begins a new epoch.`,
    exitCode: outcome.failed.length > 0 ? EXIT.partly : EXIT.done,
  }
}
