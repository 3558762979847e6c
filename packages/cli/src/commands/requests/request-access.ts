import { ACCESS_REASON_CHARACTERS_MAX, ACCESS_REQUEST_AGE_MS_MAX, base32FromBytes } from '@medchain/core'
import { wishText } from '../../asking/request-json.ts'
import { sendRequest, type Wish } from '../../asking/send-request.ts'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { shortId } from '../../format/id.ts'
import { parseTime } from '../../format/parse-time.ts'
import { factsText } from '../../format/table.ts'
import { rfc3339 } from '../../format/time.ts'
import { findSubject } from '../../reading/find-subject.ts'
import { parseRecordId } from '../../reading/record-id-text.ts'
import { type Party, readHandedOver } from '../../wallet/contacts.ts'
import { type CommandAction, type CommandInput, textOption } from '../command-spec.ts'
import { readChoices } from '../grant/grant-choices.ts'
import { openAsker } from './open-asker.ts'

const HOUR_MS = 3_600_000
const USUAL_MS = 30 * 86_400_000

export const reasonOption = (input: CommandInput): string => {
  const reason = textOption(input, 'reason') ?? ''
  return [...reason].length <= ACCESS_REASON_CHARACTERS_MAX
    ? reason
    : fail('usage.reason', `A reason has at most ${ACCESS_REASON_CHARACTERS_MAX} characters.`)
}

const expiryOption = (input: CommandInput, nowMs: number): number => {
  const typed = textOption(input, 'expires')
  const expiresMs = typed === undefined ? nowMs + USUAL_MS : parseTime(typed, nowMs, '--expires')
  const lastsMs = expiresMs - nowMs
  // The node counts from its own clock, a moment later.
  return lastsMs > HOUR_MS + 60_000 && lastsMs <= ACCESS_REQUEST_AGE_MS_MAX
    ? expiresMs
    : fail('usage.expires', 'A request lasts between an hour and 90 days.')
}

const wishOf = (input: CommandInput, subject: Party, nowMs: number): Wish => {
  const { compartments, records, mode, purposes, untilMs } = readChoices(
    { args: [subject.did], options: input.options },
    nowMs,
  )
  return {
    subject: subject.id,
    compartments: records.length > 0 ? [] : compartments,
    recordIds: records.map(parseRecordId),
    mode,
    purposes,
    untilMs,
    reason: reasonOption(input),
    createdMs: nowMs,
    expiresMs: expiryOption(input, nowMs),
  }
}

const cardKeyOf = async (typed: string, { did }: Party): Promise<Uint8Array | undefined> => {
  const card = await readHandedOver(typed).catch(() => undefined)
  return card?.did === did ? card.sealingKey : undefined
}

/** Asks a patient for access; the answer is the same for everybody who could be asked. */
export const requestAccess: CommandAction = async (context: CommandContext, input) => {
  const typed = input.args[0] ?? ''
  const subject = await findSubject(context, typed)
  const wish = wishOf(input, subject, context.host.now())
  const asker = await openAsker(context)
  const request = await sendRequest(asker, wish, await cardKeyOf(typed, subject))
  const id = base32FromBytes(request.requestId)
  return {
    json: {
      id,
      subject: subject.did,
      state: 'pending',
      compartments: [...request.compartments],
      records: request.recordIds.map(base32FromBytes),
      mode: request.mode,
      purposes: [...request.purposes],
      until: rfc3339(request.untilMs),
      expires: rfc3339(request.expiresMs),
      attested: request.attestation !== undefined,
    },
    text: factsText([
      ['Request', shortId(id)],
      ['To', subject.name],
      ['For', wishText(request)],
      ['Purpose', request.purposes.join(', ')],
      ['Access until', rfc3339(request.untilMs)],
      ['Lapses', rfc3339(request.expiresMs)],
    ]),
  }
}
