import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { attestConsent } from '../../consenting/attest-consent.ts'
import { type ConsentTerms, type NeededConsent, neededConsent } from '../../consenting/needed-consent.ts'
import { chartActor } from '../../wallet/chart-keys.ts'
import type { Session } from '../../wallet/session.ts'
import type { Grantee, PlannedGrant } from './plan-grants.ts'
import type { GivenGrant } from './send-grants.ts'

/** An attestation names a grant that is on the chain. */
export const assertWaiting = ({ options }: CommandContext): void => {
  if (!options.wait)
    fail('usage.no-wait', 'A grant with a written consent under 42 CFR Part 2 waits for its block.')
}

/** The written consent that a plan needs, before anything of it is sent; `consent.part2` where elements are missing. */
export const consentForPlan = async (
  context: CommandContext,
  { client }: Session,
  planned: readonly PlannedGrant[],
  terms: ConsentTerms,
  grantee: Grantee,
): Promise<NeededConsent | undefined> => {
  const parts = planned.map(({ chart, recordIds }) => ({ chart: chart.chartId, recordIds }))
  const needed = await neededConsent(client, parts, terms, grantee, context.host.now())
  if (needed) assertWaiting(context)
  return needed
}

/** Attests the consent of grants that the chain has now, and hands out the copies. */
export const attestGiven = (
  context: CommandContext,
  session: Session,
  given: readonly GivenGrant[],
  grantee: Grantee,
  needed: NeededConsent,
): Promise<void> =>
  attestConsent(
    context,
    session,
    given.map(({ planned: { chart, terms } }) => ({
      grantId: terms.grantId,
      chart: chart.chartId,
      grantee,
      actor: chartActor(chart),
    })),
    needed,
  )
