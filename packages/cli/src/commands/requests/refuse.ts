import { answerRequest, REFUSAL } from '../../asking/answer-request.ts'
import { requesterText } from '../../asking/request-json.ts'
import type { CommandAction } from '../command-spec.ts'
import { openRequestOf, requestIdText } from './choose-request.ts'
import { reasonOption } from './request-access.ts'

/** Refuses and tells whoever asked. */
export const refuseRequest: CommandAction = async (context, input) => {
  const reason = reasonOption(input)
  const { session, received } = await openRequestOf(context, input.args[0] ?? '')
  await answerRequest(session, received, { ...REFUSAL, reason })
  return {
    json: { id: requestIdText(received), state: 'refused', reason: reason === '' ? null : reason },
    text: `Refused: ${requesterText(received)}. Nothing was granted.`,
  }
}
