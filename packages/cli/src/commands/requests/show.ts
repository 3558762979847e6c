import { base32FromBytes, didFromAccountId } from '@medchain/core'
import type { ReceivedRequest } from '../../asking/open-request.ts'
import { readSent } from '../../asking/read-sent.ts'
import { receivedJson, requesterText, sentJson, wishText } from '../../asking/request-json.ts'
import { licenceText } from '../../format/licence.ts'
import { printable } from '../../format/printable.ts'
import { factsText } from '../../format/table.ts'
import { rfc3339 } from '../../format/time.ts'
import type { CommandAction } from '../command-spec.ts'
import { chooseById, openRequestOf } from './choose-request.ts'
import { contactNames, isPatientInUse } from './in-use.ts'
import { openAsker } from './open-asker.ts'

export const receivedFacts = (
  received: ReceivedRequest,
  nowMs: number,
  names: ReadonlyMap<string, string>,
): string => {
  const { request, requester, attestation } = received
  return factsText([
    ['Request', base32FromBytes(request.requestId)],
    ['From', requesterText(received, names)],
    ['DID', didFromAccountId(requester.id)],
    ...(attestation?.licence ? [['Licence', licenceText(attestation.licence, nowMs)] as const] : []),
    ['Asks to', wishText(request)],
    ...(request.recordIds.length > 0
      ? [['Records', request.recordIds.map(base32FromBytes).join(' ')] as const]
      : []),
    ['Purpose', request.purposes.join(', ')],
    ['Until', rfc3339(request.untilMs)],
    ['Reason', request.reason === '' ? 'none given' : printable(request.reason)],
    ['Asked', rfc3339(request.createdMs)],
    ['Lapses', rfc3339(request.expiresMs)],
  ])
}

/** One request in full: to a patient as received, to others as sent. */
export const showRequest: CommandAction = async (context, { args: [typed = ''] }) => {
  const nowMs = context.host.now()
  if (await isPatientInUse(context)) {
    const { received } = await openRequestOf(context, typed)
    return { json: receivedJson(received), text: receivedFacts(received, nowMs, await contactNames(context)) }
  }
  const sent = await readSent(await openAsker(context), nowMs)
  const chosen = chooseById(typed, sent, ({ request }) => base32FromBytes(request.requestId))
  const { request, state, answer } = chosen
  return {
    json: sentJson(chosen, await contactNames(context)),
    text: factsText([
      ['Request', base32FromBytes(request.requestId)],
      ['To', didFromAccountId(request.subject)],
      ['For', wishText(request)],
      ['Purpose', request.purposes.join(', ')],
      ['State', state],
      ...(answer && answer.reason !== '' ? [['Reason', printable(answer.reason)] as const] : []),
      ...(answer?.outcome === 'approved'
        ? [['Granted', `${answer.compartments.join(', ')} for ${answer.purposes.join(', ')}`] as const]
        : []),
      ['Lapses', rfc3339(request.expiresMs)],
    ]),
  }
}
