import {
  base32FromBytes,
  didFromAccountId,
  type EpochSecret,
  envelopeDeliver,
  epochSecretsOf,
  type GuardiansGrant,
  giveGrantFor,
  sealGrant,
} from '@medchain/core'
import { CommandError, fail, valueOrFail } from '../../command-error.ts'
import { attestConsent } from '../../consenting/attest-consent.ts'
import { neededConsent } from '../../consenting/needed-consent.ts'
import { EXIT } from '../../exit-code.ts'
import { shortId } from '../../format/id.ts'
import { factsText } from '../../format/table.ts'
import { rfc3339 } from '../../format/time.ts'
import { actedFor } from '../../guarding/for-option.ts'
import { chartsActedFor, type GuardedChart } from '../../guarding/guarded-charts.ts'
import { failedJson, sendParts } from '../../guarding/send-parts.ts'
import { type Acting, actAs } from '../../reading/acting.ts'
import { findSubject } from '../../reading/find-subject.ts'
import { createTerms } from '../../wallet/grant-terms.ts'
import { type CommandAction, textOption } from '../command-spec.ts'
import { type GrantChoices, readChoices } from '../grant/grant-choices.ts'
import { assertWaiting } from '../grant/part2-plan.ts'
import { findGrantee, type Grantee } from '../grant/plan-grants.ts'
import { summaryOf } from '../transaction-summary.ts'

/** What is granted in which of the charts that one acts in. */
const chosenCharts = (guarded: readonly GuardedChart[], choices: GrantChoices): readonly GuardedChart[] =>
  choices.compartments.map(
    (compartment) =>
      guarded.find((chart) => chart.compartment === compartment) ??
      fail(
        'guardian.none',
        `You do not act in ${compartment}.`,
        'medchain guardian list shows where you do.',
      ),
  )

const checkScope = ({ records, dates, purposes }: GrantChoices): void => {
  if (records.length > 0 || dates !== undefined)
    fail('usage.scope', 'A guardian grants whole compartments: name them with --compartment.')
  if (purposes.includes('HRESCH')) fail('guardian.scope', 'Research is the patient’s own to permit.')
}

/** No grant outlasts the guardianship; one that names no end ends with it. */
const untilOf = (choices: GrantChoices, { untilMs }: GuardedChart, isTyped: boolean): number =>
  isTyped ? choices.untilMs : Math.min(choices.untilMs, untilMs)

const deliver = async (
  { client, networkId, identity }: Acting,
  grantee: Grantee,
  { chart, terms }: GuardiansGrant,
  { compartment, person, received }: GuardedChart,
): Promise<void> => {
  if (terms.isDeny) return
  const secrets: readonly EpochSecret[] = epochSecretsOf(received)
  const keys =
    terms.mode === 'write' ? ({ type: 'records', keys: [] } as const) : ({ type: 'epochs', secrets } as const)
  const { grantId } = terms
  const content = { grantId, chart, epoch: received.epoch, person, compartment, keys }
  const place = { networkId, grantee: grantee.id }
  const sealed = valueOrFail(await sealGrant(grantee.sealingKey, place, content))
  await client.call(envelopeDeliver, { grantee: grantee.id, grantId, sealed }, identity.actor)
}

/** A guardian lets somebody read in the patient's place. */
export const grantFor: CommandAction = async (context, input) => {
  const choices = readChoices(input, context.host.now())
  checkScope(choices)
  const subject = await findSubject(context, actedFor(input) ?? '')
  const acting = await actAs(context)
  const wallet = await context.wallet()
  const charts = chosenCharts(await chartsActedFor(acting, subject), choices)
  const grantee = await findGrantee({ client: acting.client, wallet }, choices.grantee)
  const isTyped = textOption(input, 'until') !== undefined
  const parts = charts.map((guarded) => {
    const { mode, purposes, fromMs, isDeny } = choices
    const untilMs = untilOf(choices, guarded, isTyped)
    const plan = { grantee: grantee.id, mode, purposes, fromMs, untilMs, isDeny }
    const terms = createTerms(guarded.chart, { ...plan, scopeDigest: undefined, broker: undefined })
    // The moment of a day's end is moved by up to a second, and stays within the guardianship.
    const bounded = { ...terms, untilMs: Math.min(terms.untilMs, isTyped ? terms.untilMs : guarded.untilMs) }
    return {
      compartment: guarded.compartment,
      actor: acting.identity.actor,
      payload: { chart: guarded.chart, terms: bounded },
    }
  })
  const opened = charts.map(({ chart }) => ({ chart, recordIds: [] }))
  const terms = { ...choices, untilMs: Math.min(...parts.map(({ payload }) => payload.terms.untilMs)) }
  const needed = await neededConsent(acting.client, opened, terms, grantee, context.host.now())
  if (needed) assertWaiting(context)
  const outcome = await sendParts(context, acting, giveGrantFor, parts)
  if (needed) {
    const { actor } = acting.identity
    const attested = outcome.sent.map(({ part: { payload } }) => ({
      ...{ grantId: payload.terms.grantId, chart: payload.chart, grantee, actor },
    }))
    await attestConsent(context, acting, attested, needed)
  }
  const undelivered: string[] = []
  for (const { part } of context.options.wait ? outcome.sent : []) {
    const guarded = charts.find(({ compartment }) => compartment === part.compartment) as GuardedChart
    try {
      await deliver(acting, grantee, part.payload, guarded)
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      context.warn(
        `${part.compartment}: granted, but its key is not delivered: ${error.message} [${error.code}]`,
      )
      undelivered.push(base32FromBytes(part.payload.terms.grantId))
    }
  }
  const given = outcome.sent.map(({ part }) => part)
  const grantId = base32FromBytes(
    (given[0] ?? fail('consent.none', 'Nothing was granted.')).payload.terms.grantId,
  )
  const summary = summaryOf(outcome.sent.map(({ transaction }) => transaction))
  return {
    json: {
      grantId,
      grants: given.map(({ compartment, payload }) => ({
        chart: didFromAccountId(payload.chart),
        compartment,
        grantId: base32FromBytes(payload.terms.grantId),
      })),
      ...summary,
      ...failedJson(outcome),
      ...(undelivered.length > 0 && { undelivered }),
    },
    text: factsText([
      ['Grant', shortId(grantId)],
      ['In the place of', subject.name],
      [choices.isDeny ? 'Forbidden to' : 'Given to', grantee.name],
      [
        'For',
        `${choices.mode} ${given
          .map(({ compartment }) => compartment)
          .sort()
          .join(', ')}`,
      ],
      ['Until', rfc3339(given[0]?.payload.terms.untilMs ?? choices.untilMs)],
      ['Height', String(summary.height ?? 0)],
    ]),
    exitCode: outcome.failed.length + undelivered.length > 0 ? EXIT.partly : EXIT.done,
  }
}
