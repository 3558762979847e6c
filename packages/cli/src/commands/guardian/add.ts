import {
  appointGuardian,
  base32FromBytes,
  bytesFromText,
  didFromAccountId,
  type GuardianshipTerms,
  guardianshipIdOf,
  hashTagged,
  type KeyringChart,
} from '@medchain/core'
import { CommandError } from '../../command-error.ts'
import { EXIT } from '../../exit-code.ts'
import { factsText } from '../../format/table.ts'
import { rfc3339 } from '../../format/time.ts'
import { findGuardian, type GuardianParty } from '../../guarding/find-guardian.ts'
import { failedJson, type SentPart, sendParts } from '../../guarding/send-parts.ts'
import { handOverToGuardian } from '../../rotating/guardians.ts'
import { openRotatedSession } from '../../rotating/open-rotated-session.ts'
import { chartActor } from '../../wallet/chart-keys.ts'
import type { Session } from '../../wallet/session.ts'
import { type CommandAction, textOption } from '../command-spec.ts'
import { chartsFor } from '../grant/grant-scope.ts'
import { summaryOf } from '../transaction-summary.ts'
import { type GuardianChoices, readGuardianChoices } from './guardian-choices.ts'

type Appointed = SentPart<GuardianshipTerms>

const termsFor = (
  chart: KeyringChart,
  { kind, fromMs, untilMs, documentHash }: GuardianChoices,
  guardian: GuardianParty,
): GuardianshipTerms => {
  const salt = crypto.getRandomValues(new Uint8Array(32))
  const text = JSON.stringify({ kind, until: rfc3339(untilMs) })
  const termsDigest = hashTagged('medchain/terms/1', salt, bytesFromText(text))
  const guardianshipId = guardianshipIdOf(chart.chartId, termsDigest)
  return { guardianshipId, guardian: guardian.id, kind, fromMs, untilMs, documentHash, termsDigest }
}

/** Hands the epochs' keys over; what failed goes out with the next rotation, and is named. */
const handOver = async (session: Session, appointed: readonly Appointed[]): Promise<readonly string[]> => {
  const charts = session.keyring.current().charts
  const undelivered: string[] = []
  for (const { part } of appointed) {
    const chart = charts.find(({ compartment }) => compartment === part.compartment)
    if (chart === undefined) continue
    try {
      await handOverToGuardian(session, chart, part.payload)
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      undelivered.push(part.compartment)
    }
  }
  return undelivered
}

/** Appoints somebody to act for the patient, in each chart that is named. */
export const addGuardian: CommandAction = async (context, input) => {
  if (textOption(input, 'kind') === 'recovery') {
    return (await import('../recover/change-guardians.ts')).addRecoveryGuardian(context, input)
  }
  const choices = await readGuardianChoices(input, context.host.now())
  const session = await openRotatedSession(context)
  const guardian = await findGuardian(session, choices.name)
  const charts = chartsFor(session.keyring.current().charts, choices.compartments)
  const progress = await context.progress('Appointing')
  const parts = charts.map((chart) => ({
    compartment: chart.compartment,
    actor: chartActor(chart),
    payload: termsFor(chart, choices, guardian),
  }))
  const outcome = await sendParts(context, session, appointGuardian, parts).finally(progress.stop)
  const undelivered = context.options.wait ? await handOver(session, outcome.sent) : []
  for (const compartment of undelivered)
    context.warn(
      `${compartment}: appointed, but its key is not delivered; medchain guardian list --resend does that.`,
    )
  const summary = summaryOf(outcome.sent.map(({ transaction }) => transaction))
  return {
    json: {
      guardian: guardian.did,
      kind: choices.kind,
      until: rfc3339(choices.untilMs),
      guardianships: outcome.sent.map(({ part }) => ({
        chart: didFromAccountId(part.actor.id),
        compartment: part.compartment,
        guardianshipId: base32FromBytes(part.payload.guardianshipId),
      })),
      ...summary,
      ...failedJson(outcome),
      ...(undelivered.length > 0 && { undelivered }),
    },
    text: factsText([
      ['Guardian', guardian.name],
      ['Kind', choices.kind],
      [
        'For',
        outcome.sent
          .map(({ part }) => part.compartment)
          .sort()
          .join(', '),
      ],
      ['Until', rfc3339(choices.untilMs)],
      ['Height', String(summary.height ?? 0)],
      ...(choices.kind === 'proxy'
        ? ([['Acts', 'once two clinicians state that you cannot: medchain guardian activate']] as const)
        : []),
    ]),
    exitCode: outcome.failed.length + undelivered.length > 0 ? EXIT.partly : EXIT.done,
  }
}
