import { type Compartment, EMERGENCY_REASONS, type EmergencyReason } from '@medchain/core'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { findOpenCharts, type OpenChart } from '../../emergencies/find-charts.ts'
import { parseTime } from '../../format/parse-time.ts'
import type { Acting } from '../../reading/acting.ts'
import { compartmentsOption } from '../../reading/compartment-option.ts'
import { findParty, type Party } from '../../wallet/contacts.ts'
import { type CommandInput, textOption } from '../command-spec.ts'

const FOUR_HOURS_MS = 4 * 3_600_000

/** What somebody who declares an emergency says of it. */
export interface Choices {
  readonly reason: EmergencyReason
  readonly text: string
  readonly site: string
  readonly durationMs: number
  readonly compartments: ReadonlySet<Compartment>
  readonly coSigner: Party | undefined
}

const reasonOption = (input: CommandInput): EmergencyReason => {
  const typed = textOption(input, 'reason')
  const known = EMERGENCY_REASONS.find((reason) => reason === typed)
  return known ?? fail('usage.reason', `--reason is one of ${EMERGENCY_REASONS.join(', ')}.`)
}

export const readChoices = async (context: CommandContext, input: CommandInput): Promise<Choices> => {
  const reason = reasonOption(input)
  const text = (textOption(input, 'text') ?? '').trim()
  if (text === '') return fail('usage.missing-option', '--text is needed: the reason in your own words.')
  const nowMs = context.host.now()
  const typedEnd = textOption(input, 'for')
  const durationMs = typedEnd === undefined ? FOUR_HOURS_MS : parseTime(typedEnd, nowMs, '--for') - nowMs
  const typedCoSigner = textOption(input, 'coSigner')
  const { files } = await context.wallet()
  return {
    reason,
    text,
    site: (textOption(input, 'site') ?? '').trim(),
    durationMs,
    compartments: compartmentsOption(input),
    coSigner: typedCoSigner === undefined ? undefined : await findParty(files, typedCoSigner),
  }
}

/** Charts of the patient that are open to emergencies, of the compartments chosen. `emergency.no-charts` for none. */
export const chosenCharts = async (
  acting: Acting,
  subject: Party,
  { compartments }: Choices,
): Promise<readonly OpenChart[]> => {
  const open = await findOpenCharts(acting, subject.id)
  const charts = open.filter(({ compartment }) => compartments.has(compartment))
  return charts.length > 0
    ? charts
    : fail('emergency.no-charts', 'The patient leaves none of these compartments open to emergencies.')
}
