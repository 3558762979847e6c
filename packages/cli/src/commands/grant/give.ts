import { base32FromBytes, didFromAccountId, type KeyringGrant } from '@medchain/core'
import type { CommandContext } from '../../command-context.ts'
import { EXIT } from '../../exit-code.ts'
import { shortId } from '../../format/id.ts'
import { factsText } from '../../format/table.ts'
import { rfc3339 } from '../../format/time.ts'
import { openRotatedSession } from '../../rotating/open-rotated-session.ts'
import { withDateScope } from '../../wallet/date-scopes.ts'
import type { Session } from '../../wallet/session.ts'
import type { CommandAction, CommandResult, JsonValue } from '../command-spec.ts'
import { summaryOf } from '../transaction-summary.ts'
import { deliverKeys } from './deliver-keys.ts'
import { type GrantChoices, isComplete, readChoices } from './grant-choices.ts'
import { findGrantScope } from './grant-scope.ts'
import { findGrantee, type Grantee, type PlannedGrant, planGrants } from './plan-grants.ts'
import {
  checkKeyringSize,
  type FailedGrant,
  type GivenGrant,
  keyringEntries,
  sendGrants,
} from './send-grants.ts'

const partOf = ({ chart, terms }: PlannedGrant): { [key: string]: JsonValue } => ({
  chart: didFromAccountId(chart.chartId),
  compartment: chart.compartment,
  grantId: base32FromBytes(terms.grantId),
})

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

const carryOut = async (context: CommandContext, session: Session, choices: GrantChoices) => {
  const grantee = await findGrantee(session, choices.grantee)
  const scope = await findGrantScope(session, choices, context.warn)
  const planned = await planGrants(session, scope.parts, choices, grantee)
  const entries = keyringEntries(planned, grantee)
  // Noted before anything is sent: a grant on the chain is never one that its patient cannot name.
  await session.keyring.save((keyring) => {
    const noted = { ...keyring, grants: [...keyring.grants, ...entries] }
    const { dates } = scope
    return checkKeyringSize(dates ? withDateScope(noted, (entries[0] as KeyringGrant).name, dates) : noted)
  })
  const { given, failed } = await sendGrants(context, session, planned)
  const deliveries = given.map(({ planned: { chart, terms } }) => ({ chart, ...terms }))
  const undelivered = context.options.wait ? await deliverKeys(session, grantee, deliveries) : []
  await session.keyring.push()
  return { grantee, planned, given, failed, undelivered }
}

const failureOf = ({ planned, error }: FailedGrant): JsonValue => ({
  ...partOf(planned),
  code: error.code,
  message: error.message,
})

/** Lets a grantee read what the patient chose: one grant on the chain for each chart, and the keys beside it. */
export const give: CommandAction = async (context, input): Promise<CommandResult | undefined> => {
  const isAsked = !isComplete(input) && context.isInteractive
  const choices = isAsked
    ? await (await import('./ask-choices.ts')).askChoices(context, input)
    : readChoices(input, context.host.now())
  if (choices === undefined) return { json: {}, text: 'Nothing was granted.', exitCode: EXIT.failed }
  const session = await openRotatedSession(context)
  const progress = await context.progress('Granting')
  const { grantee, planned, given, failed, undelivered } = await carryOut(context, session, choices).finally(
    progress.stop,
  )
  const grantId = base32FromBytes((planned[0] as PlannedGrant).terms.grantId)
  const summary = summaryOf(given.map(({ transaction }) => transaction))
  for (const {
    planned: { chart },
    error,
  } of failed)
    context.warn(`${chart.compartment}: ${error.message} [${error.code}]`)
  for (const { delivery, error } of undelivered) {
    context.warn(
      `${delivery.chart.compartment}: granted, but its key is not delivered: ${error.message} [${error.code}]`,
    )
  }
  if (undelivered.length > 0) context.warn('medchain grants --resend sends the keys again.')
  return {
    json: {
      grantId,
      grants: given.map((each) => partOf(each.planned)),
      ...summary,
      ...(failed.length > 0 && { failed: failed.map(failureOf) }),
      ...(undelivered.length > 0 && {
        undelivered: undelivered.map(({ delivery }) => base32FromBytes(delivery.grantId)),
      }),
    },
    text: textOf(choices, grantee, grantId, given, summary.height ?? 0),
    exitCode: failed.length + undelivered.length > 0 ? EXIT.partly : EXIT.done,
  }
}
