import {
  base32FromBytes,
  didFromAccountId,
  endGuardianship,
  equalBytes,
  grantGivers,
  grantsOfChart,
} from '@medchain/core'
import { readProven } from '../../client/proven-view.ts'
import { fail } from '../../command-error.ts'
import { EXIT } from '../../exit-code.ts'
import { receivedGuardianships } from '../../guarding/guarded-charts.ts'
import { failedJson, sendParts } from '../../guarding/send-parts.ts'
import { actAs } from '../../reading/acting.ts'
import { recoveryGuardiansOf } from '../../recovering/recovery-entry.ts'
import { openRotatedSession } from '../../rotating/open-rotated-session.ts'
import { rotateCharts } from '../../rotating/rotate-charts.ts'
import { chartActor } from '../../wallet/chart-keys.ts'
import { findParty } from '../../wallet/contacts.ts'
import type { Session } from '../../wallet/session.ts'
import { type CommandAction, listOption } from '../command-spec.ts'
import { parseCompartments } from '../grant/grant-choices.ts'
import { summaryOf } from '../transaction-summary.ts'
import { findOwnGuardians, isOf } from './own-guardianships.ts'

/** A guardian lays its office down. */
const resign: CommandAction = async (context, input) => {
  const acting = await actAs(context)
  const subject = await findParty((await context.wallet()).files, input.args[0] ?? '')
  const open = (await receivedGuardianships(acting)).filter(
    ({ person, state }) => equalBytes(person, subject.id) && state !== 'ended',
  )
  if (open.length === 0) return fail('guardian.none', `You are no guardian of ${subject.name}.`)
  const parts = open.map(({ compartment, guardianshipId }) => ({
    compartment,
    actor: acting.identity.actor,
    payload: { guardianshipId },
  }))
  const outcome = await sendParts(context, acting, endGuardianship, parts)
  return {
    json: {
      subject: subject.did,
      ...summaryOf(outcome.sent.map(({ transaction }) => transaction)),
      ...failedJson(outcome),
    },
    text: `You are no guardian of ${subject.name} any more.`,
    exitCode: outcome.failed.length > 0 ? EXIT.partly : EXIT.done,
  }
}

/** Grants in force that the guardian gave in the patient's place, which end with it (G8). */
const grantsGivenBy = async (
  { client }: Session,
  guardian: Uint8Array,
  charts: readonly { readonly actor: { readonly id: Uint8Array } }[],
): Promise<readonly string[]> => {
  return readProven(client, (view, { timeMs }) =>
    charts
      .flatMap(({ actor }) => grantsOfChart(view, actor.id))
      .filter(({ grantId, isDeny, revokedHeight, untilMs }) => {
        const giver = view.get(grantGivers, grantId)
        const isOpen = !isDeny && revokedHeight === undefined && timeMs < untilMs
        return isOpen && giver && equalBytes(giver, guardian)
      })
      .map(({ grantId }) => base32FromBytes(grantId)),
  )
}

/** The patient ends somebody's office, and seals the charts to new keys. */
const dismiss: CommandAction = async (context, input) => {
  const session = await openRotatedSession(context)
  const compartments = parseCompartments(listOption(input, 'compartment'))
  const party = await findParty(session.wallet.files, input.args[0] ?? '')
  const isForRecovery = recoveryGuardiansOf(session.keyring.current()).some((id) => equalBytes(id, party.id))
  if (isForRecovery && compartments.length === 0) {
    await (await import('../recover/change-guardians.ts')).dropRecoveryGuardian(context, session, party)
  }
  const own = (await findOwnGuardians(session)).guardianships
  const open = own
    .filter(isOf(party.id, compartments))
    .filter(({ guardianship }) => guardianship.endedHeight === undefined)
  if (open.length === 0) {
    return isForRecovery
      ? {
          json: { guardian: party.did, guardianships: [], recovery: 'removed' },
          text: `${party.name} can no longer help to recover your record.`,
        }
      : fail('guardian.none', `${party.name} is no guardian of yours.`, 'medchain guardian list shows yours.')
  }
  const parts = open.map(({ chart, guardianship: { guardianshipId } }) => ({
    compartment: chart.compartment,
    actor: chartActor(chart),
    payload: { guardianshipId },
  }))
  const given = await grantsGivenBy(session, party.id, parts)
  const outcome = await sendParts(context, session, endGuardianship, parts)
  const ended = outcome.sent.map(({ part }) => part)
  const rotated = context.options.wait
    ? await rotateCharts(
        session,
        ended.map(({ actor }) => actor.id),
      )
    : []
  const isSealed = rotated.length > 0 && rotated.every(({ error }) => error === undefined)
  for (const grantId of given)
    context.warn(`Grant ${grantId.slice(0, 8)}, which ${party.name} gave in your name, ended with it.`)
  const compartmentsDone = ended
    .map(({ compartment }) => compartment)
    .sort()
    .join(', ')
  return {
    json: {
      guardian: party.did,
      guardianships: ended.map(({ compartment, actor, payload }) => ({
        chart: didFromAccountId(actor.id),
        compartment,
        guardianshipId: base32FromBytes(payload.guardianshipId),
      })),
      ...summaryOf(outcome.sent.map(({ transaction }) => transaction)),
      rotation: isSealed ? 'sealed' : 'closed',
      grantsGiven: given,
      ...(isForRecovery && { recovery: 'removed' }),
      ...failedJson(outcome),
    },
    text: `${party.name} no longer acts for you in ${compartmentsDone}.`,
    exitCode: outcome.failed.length > 0 ? EXIT.partly : EXIT.done,
  }
}

export const removeGuardian: CommandAction = async (context, input) => {
  const { role } = await (await context.wallet()).current()
  return (role === 'guardian' ? resign : dismiss)(context, input)
}
