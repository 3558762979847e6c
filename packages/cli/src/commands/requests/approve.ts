import { bytesFromBase32, type Compartment, didFromAccountId, type Purpose } from '@medchain/core'
import { answerRequest, type Verdict } from '../../asking/answer-request.ts'
import type { ReceivedRequest } from '../../asking/open-request.ts'
import { requesterText } from '../../asking/request-json.ts'
import type { CommandContext } from '../../command-context.ts'
import { CommandError, valueOrFail } from '../../command-error.ts'
import { EXIT } from '../../exit-code.ts'
import { parseTime } from '../../format/parse-time.ts'
import type { Session } from '../../wallet/session.ts'
import {
  type CommandAction,
  type CommandInput,
  type CommandResult,
  listOption,
  textOption,
} from '../command-spec.ts'
import { give } from '../grant/give.ts'
import { openRequestOf, requestIdText } from './choose-request.ts'
import { narrowRequest } from './narrow-request.ts'

const verdictOf = (grant: CommandInput, { json }: CommandResult, nowMs: number): Verdict => {
  const grants = (json['grants'] ?? []) as readonly { readonly compartment: Compartment }[]
  const until = textOption(grant, 'until') ?? ''
  return {
    outcome: 'approved',
    reason: '',
    grantId: valueOrFail(bytesFromBase32(String(json['grantId']))),
    compartments: [...new Set(grants.map(({ compartment }) => compartment))],
    purposes: listOption(grant, 'purpose') as readonly Purpose[],
    untilMs: parseTime(until, nowMs, '--until'),
  }
}

/** Gives the grants and tells whoever asked; grants that nobody was told of hold all the same. */
export const approve = async (
  context: CommandContext,
  session: Session,
  received: ReceivedRequest,
  input: Pick<CommandInput, 'options' | 'args'>,
): Promise<CommandResult> => {
  const nowMs = context.host.now()
  const grant = narrowRequest(received, input, nowMs)
  const given = (await give(context, grant)) as CommandResult
  const about = {
    request: requestIdText(received),
    state: 'approved',
    requester: didFromAccountId(received.requester.id),
  }
  try {
    await answerRequest(session, received, verdictOf(grant, given, nowMs))
    return { ...given, json: { ...given.json, ...about } }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    context.warn(`Granted, but ${requesterText(received)} is not told: ${error.message} [${error.code}]`)
    return { ...given, json: { ...given.json, ...about, told: false }, exitCode: EXIT.partly }
  }
}

/** Grants what a request asks for, or less. */
export const approveRequest: CommandAction = async (context, input) => {
  const { session, received } = await openRequestOf(context, input.args[0] ?? '')
  return approve(context, session, received, input)
}
