import { reserveChart } from '@medchain/core'
import { fail } from '../../command-error.ts'
import { EXIT } from '../../exit-code.ts'
import { failedJson, sendParts } from '../../guarding/send-parts.ts'
import { openRotatedSession } from '../../rotating/open-rotated-session.ts'
import { rotateCharts } from '../../rotating/rotate-charts.ts'
import { chartActor } from '../../wallet/chart-keys.ts'
import { type CommandAction, isSet, listOption } from '../command-spec.ts'
import { parseCompartments } from '../grant/grant-choices.ts'
import { chartsFor } from '../grant/grant-scope.ts'
import { summaryOf } from '../transaction-summary.ts'

/** Keeps compartments from every guardian, or opens them again; what is kept gets new keys. */
export const reserveCompartments: CommandAction = async (context, input) => {
  const compartments = parseCompartments(listOption(input, 'compartment'))
  if (compartments.length === 0) return fail('usage.scope', '--compartment names what you keep to yourself.')
  const isReserved = !isSet(input, 'lift')
  const session = await openRotatedSession(context)
  const parts = chartsFor(session.keyring.current().charts, compartments).map((chart) => ({
    compartment: chart.compartment,
    actor: chartActor(chart),
    payload: { isReserved },
  }))
  const outcome = await sendParts(context, session, reserveChart, parts)
  const done = outcome.sent.map(({ part }) => part)
  if (isReserved && context.options.wait) {
    const rotated = await rotateCharts(
      session,
      done.map(({ actor }) => actor.id),
    )
    for (const { chart, error } of rotated)
      if (error)
        context.warn(`${chart.compartment} is closed to guardians, and not sealed yet: ${error.message}`)
  }
  const names = done.map(({ compartment }) => compartment).sort()
  return {
    json: {
      compartments: names,
      reserved: isReserved,
      ...summaryOf(outcome.sent.map(({ transaction }) => transaction)),
      ...failedJson(outcome),
    },
    text: isReserved
      ? `No guardian has a part in ${names.join(', ')} any more.`
      : `Guardians may have a part in ${names.join(', ')} again.`,
    exitCode: outcome.failed.length > 0 ? EXIT.partly : EXIT.done,
  }
}
