import { answerRequest, REFUSAL } from '../../asking/answer-request.ts'
import type { ReceivedRequest } from '../../asking/open-request.ts'
import { requesterText } from '../../asking/request-json.ts'
import type { CommandContext } from '../../command-context.ts'
import { CommandError } from '../../command-error.ts'
import { createInbox, type InboxDecision, itemOf } from '../../views/inbox/inbox-state.ts'
import { showInbox } from '../../views/inbox/show-inbox.tsx'
import type { Session } from '../../wallet/session.ts'
import type { CommandResult } from '../command-spec.ts'
import { approve } from './approve.ts'
import { block } from './block.ts'
import { requestIdText } from './choose-request.ts'
import { contactNames } from './in-use.ts'

const carryOut = async (
  context: CommandContext,
  session: Session,
  received: ReceivedRequest,
  decision: InboxDecision,
): Promise<string> => {
  const who = requesterText(received)
  if (decision.type === 'refuse') {
    await answerRequest(session, received, { ...REFUSAL, reason: decision.reason })
    return `Refused: ${who}.`
  }
  if (decision.type === 'block') {
    await block(session, received)
    return `Blocked: ${who}.`
  }
  const isListed = received.request.recordIds.length > 0
  const options = isListed ? {} : { compartment: [...decision.compartments] }
  const { text } = await approve(context, session, received, { args: [], options })
  return text
}

/** Shows what waits until the person leaves or nothing is left; each decision takes effect before the next. */
export const walkInbox = async (
  context: CommandContext,
  session: Session,
  waiting: readonly ReceivedRequest[],
): Promise<CommandResult> => {
  const names = await contactNames(context)
  let left = waiting
  let decided = 0
  while (left.length > 0) {
    const decision = await showInbox(context.host, createInbox(left.map((each) => itemOf(each, names))))
    if (decision === undefined) break
    const received = left.find((each) => requestIdText(each) === decision.id) as ReceivedRequest
    try {
      context.note(await carryOut(context, session, received, decision))
      decided++
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      context.warn(`${error.message} [${error.code}]`)
    }
    left = left.filter((each) => each !== received)
  }
  const rest = waiting.length - decided
  return {
    json: { decided, left: rest },
    text: rest === 0 ? 'Nothing waits any more.' : `${rest} still wait${rest === 1 ? 's' : ''}.`,
  }
}
