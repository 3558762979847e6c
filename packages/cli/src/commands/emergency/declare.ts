import {
  base32FromBytes,
  declareEmergency,
  didFromAccountId,
  type EmergencyDetails,
  emergencyDetailsDigest,
  emergencyIdOf,
} from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import type { CommandContext } from '../../command-context.ts'
import { findEmergencyCharts } from '../../emergencies/emergency-charts.ts'
import { emergencySetId } from '../../emergencies/emergency-row.ts'
import { fileDetails } from '../../emergencies/file-details.ts'
import type { OpenChart } from '../../emergencies/find-charts.ts'
import { standsStill } from '../../emergencies/halt.ts'
import { EXIT } from '../../exit-code.ts'
import { shortId } from '../../format/id.ts'
import { factsText } from '../../format/table.ts'
import { rfc3339 } from '../../format/time.ts'
import { type Acting, actAs } from '../../reading/acting.ts'
import { findSubject } from '../../reading/find-subject.ts'
import { type Sent, sendEach } from '../../sending/send-each.ts'
import type { Party } from '../../wallet/contacts.ts'
import type { CommandAction } from '../command-spec.ts'
import { summaryOf } from '../transaction-summary.ts'
import { type Choices, chosenCharts, readChoices } from './declare-choices.ts'
import { declareInHalt } from './declare-halted.ts'

interface Declared extends OpenChart {
  readonly id: Uint8Array
  readonly details: EmergencyDetails
}

/** Text and site to one's own institution and to the one that registered the chart; one of them is enough. */
const describeAll = (
  context: CommandContext,
  { client, identity }: Acting,
  { done }: Sent<Declared>,
): Promise<unknown> =>
  Promise.all(
    done.map(async ({ item: { id, chart, details } }) => {
      const institution = await client.institution()
      const { note, error } = await fileDetails({ client, identity }, { id, chart, institution, details })
      if (note === undefined && error)
        context.warn(
          `Declared, but the text is filed nowhere, so no custodian releases a share: ${error.message} [${error.code}]`,
        )
    }),
  )

/** One declaration a chart, and what was said of each at one's own institution. */
const declareAll = async (
  context: CommandContext,
  acting: Acting,
  person: Uint8Array,
  charts: readonly OpenChart[],
  { reason, text, site, durationMs, coSigner }: Choices,
): Promise<Sent<Declared>> => {
  const { client, identity } = acting
  const setId = nodeCiphers.randomBytes(16)
  const sendings = charts.map((open) => {
    const nonce = nodeCiphers.randomBytes(16)
    const salt = nodeCiphers.randomBytes(32)
    const details = { salt, setId, person, compartment: open.compartment, text, site }
    const payload = {
      chart: open.chart,
      nonce,
      reason,
      detailsDigest: emergencyDetailsDigest(details),
      durationMs,
      coSigner: coSigner?.id,
    }
    const id = emergencyIdOf(identity.id, open.chart, nonce)
    return { item: { ...open, id, details }, actor: identity.actor, payload }
  })
  const sent = await sendEach(context, client, declareEmergency, sendings)
  if (context.options.wait) await describeAll(context, acting, sent)
  return sent
}

const textOf = (
  { reason, durationMs, coSigner }: Choices,
  subject: Party,
  set: string,
  compartments: readonly string[],
  untilMs: number,
): string =>
  [
    factsText([
      ['Emergency', shortId(set)],
      ['Patient', subject.name],
      ['Reason', reason],
      ['Opens', compartments.join(', ')],
      coSigner
        ? ['Waits for', `${coSigner.name}: medchain emergency co-sign ${shortId(set).replace('…', '')}`]
        : ['Until', rfc3339(untilMs)],
    ]),
    coSigner
      ? `Once co-signed it lasts ${Math.round(durationMs / 60_000)} minutes.`
      : `The patient is told. Read with --purpose BTG, and end it with medchain emergency close ${shortId(set).replace('…', '')}`,
  ].join('\n')

/** A practitioner opens the charts of a patient who cannot be asked. */
export const declare: CommandAction = async (context, input) => {
  const choices = await readChoices(context, input)
  const subject = await findSubject(context, input.args[0] ?? '')
  const isHalted = await standsStill(context)
  const acting = await actAs(context)
  const progress = await context.progress('Declaring')
  try {
    const charts = await chosenCharts(acting, subject, choices)
    if (isHalted) return await declareInHalt(context, acting, subject, charts, choices)
    const { done, failed } = await declareAll(context, acting, subject.id, charts, choices)
    for (const { item, error } of failed)
      context.warn(`${item.compartment}: ${error.message} [${error.code}]`)
    // The custodians release their shares now, so that reading waits for nobody.
    const isOpen = choices.coSigner === undefined && context.options.wait
    if (isOpen) await findEmergencyCharts(context, acting, subject.id)
    const set = done[0] ? emergencySetId(done[0].item) : ''
    const untilMs = context.host.now() + choices.durationMs
    const opened = done.map(({ item }) => item.compartment).sort()
    return {
      json: {
        set,
        emergencyId: done[0] ? base32FromBytes(done[0].item.id) : null,
        state: choices.coSigner ? 'awaiting' : 'in-force',
        halted: false,
        subject: subject.did,
        reason: choices.reason,
        coSigner: choices.coSigner?.did ?? null,
        until: choices.coSigner ? null : rfc3339(untilMs),
        emergencies: done.map(({ item }) => ({
          emergencyId: base32FromBytes(item.id),
          chart: didFromAccountId(item.chart),
          compartment: item.compartment,
        })),
        failed: failed.map(({ item, error }) => ({
          compartment: item.compartment,
          code: error.code,
          message: error.message,
        })),
        ...summaryOf(done.map(({ transaction }) => transaction)),
      },
      text: textOf(choices, subject, set, opened, untilMs),
      exitCode: failed.length > 0 ? EXIT.partly : EXIT.done,
    }
  } finally {
    progress.stop()
  }
}
