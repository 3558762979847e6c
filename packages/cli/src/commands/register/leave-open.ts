import { type Compartment, isProtected } from '@medchain/core'
import type { CommandContext } from '../../command-context.ts'
import { provenChoice } from '../../emergencies/chain-emergencies.ts'
import { epochsOf, prepareEpochs } from '../../emergencies/prepare-shares.ts'
import type { Session } from '../../wallet/session.ts'

/**
 * Leaves the charts that are not protected open to emergencies, where the patient has not chosen yet; answers with the
 * compartments that this opened. What fails can be done again, and hinders no registration.
 */
export const leaveOpen = async (
  context: CommandContext,
  { client, networkId, keyring }: Session,
): Promise<readonly string[]> => {
  const usual = keyring.current().charts.filter(({ compartment }) => !isProtected(compartment as Compartment))
  const choices = await Promise.all(usual.map(({ chartId }) => provenChoice(client, chartId)))
  const unchosen = usual.filter((_, index) => choices[index] === undefined)
  const { prepared, failed } = await prepareEpochs(
    { client, networkId, now: context.host.now },
    unchosen.flatMap(epochsOf),
  )
  for (const { chart, error } of failed)
    context.warn(`${chart.compartment}: not yet open to emergencies: ${error.message} [${error.code}]`)
  return [...new Set(prepared.map(({ chart }) => chart.compartment))].sort()
}
