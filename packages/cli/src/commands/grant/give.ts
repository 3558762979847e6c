import type { CommandContext } from '../../command-context.ts'
import { EXIT } from '../../exit-code.ts'
import { shortId } from '../../format/id.ts'
import { factsText } from '../../format/table.ts'
import { rfc3339 } from '../../format/time.ts'
import { actedFor } from '../../guarding/for-option.ts'
import { openRotatedSession } from '../../rotating/open-rotated-session.ts'
import type { Session } from '../../wallet/session.ts'
import type { CommandAction, CommandResult } from '../command-spec.ts'
import { summaryOf } from '../transaction-summary.ts'
import { type GivenSet, givenSetJson, giveSet } from './give-set.ts'
import { type GrantChoices, isComplete, readChoices } from './grant-choices.ts'
import { findGrantScope } from './grant-scope.ts'
import { attestGiven, consentForPlan } from './part2-plan.ts'
import { findGrantee, type Grantee, planGrants } from './plan-grants.ts'
import type { GivenGrant } from './send-grants.ts'

const textOf = (
  choices: GrantChoices,
  grantee: Grantee,
  grantId: string,
  given: readonly GivenGrant[],
  height: number,
) => {
  const compartments = [...new Set(given.map(({ planned }) => planned.chart.compartment))].sort()
  const first = given[0]?.planned.terms
  const listed = given.reduce((sum, { planned }) => sum + planned.recordIds.length, 0)
  const what = listed > 0 ? `${listed} records in ` : ''
  return factsText([
    ['Grant', shortId(grantId)],
    [choices.isDeny ? 'Forbidden to' : 'Given to', grantee.name],
    ['For', `${choices.mode} ${what}${compartments.join(', ')}`],
    ['Purpose', choices.purposes.join(', ')],
    ['From', rfc3339(first?.fromMs ?? choices.fromMs)],
    ['Until', rfc3339(first?.untilMs ?? choices.untilMs)],
    ['Height', String(height)],
  ])
}

const carryOut = async (
  context: CommandContext,
  session: Session,
  choices: GrantChoices,
): Promise<GivenSet> => {
  const grantee = await findGrantee(session, choices.grantee)
  const scope = await findGrantScope(session, choices, context.warn)
  const planned = await planGrants(session, scope.parts, choices, grantee)
  const needed = await consentForPlan(context, session, planned, choices, grantee)
  const set = await giveSet(context, session, grantee, planned, scope.dates)
  if (needed) await attestGiven(context, session, set.given, grantee, needed)
  return set
}

/** Lets a grantee read what the patient chose: one grant on the chain for each chart, and the keys beside it. */
export const give: CommandAction = async (context, input): Promise<CommandResult | undefined> => {
  if (actedFor(input) !== undefined)
    return (await import('../guardian/grant-for.ts')).grantFor(context, input)
  const isAsked = !isComplete(input) && context.isInteractive
  const choices = isAsked
    ? await (await import('./ask-choices.ts')).askChoices(context, input)
    : readChoices(input, context.host.now())
  if (choices === undefined) return { json: {}, text: 'Nothing was granted.', exitCode: EXIT.failed }
  const session = await openRotatedSession(context)
  const progress = await context.progress('Granting')
  const set = await carryOut(context, session, choices).finally(progress.stop)
  const { grantId, grantee, given, failed, undelivered } = set
  const summary = summaryOf(given.map(({ transaction }) => transaction))
  return {
    json: { ...givenSetJson(set), ...summary },
    text: textOf(choices, grantee, grantId, given, summary.height ?? 0),
    exitCode: failed.length + undelivered.length > 0 ? EXIT.partly : EXIT.done,
  }
}
