import { didFromAccountId } from '@medchain/core'
import type { ReceivedRequest } from '../../asking/open-request.ts'
import { type OpenInbox, readInbox } from '../../asking/read-inbox.ts'
import { readSent, type SentRequest } from '../../asking/read-sent.ts'
import { receivedJson, requesterText, sentJson, wishText } from '../../asking/request-json.ts'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { shortDid, shortId } from '../../format/id.ts'
import { printable } from '../../format/printable.ts'
import { tableText } from '../../format/table.ts'
import { rfc3339 } from '../../format/time.ts'
import { openPatientSession, type Session } from '../../wallet/session.ts'
import { type CommandAction, type CommandResult, isSet } from '../command-spec.ts'
import { blockIdText, blockNotes } from './block-notes.ts'
import { requestIdText } from './choose-request.ts'
import { contactNames, isPatientInUse } from './in-use.ts'
import { openAsker } from './open-asker.ts'

const LIMIT = 100

const pageOf = <T>({ options }: CommandContext, items: readonly T[]) => {
  const start = options.cursor === undefined ? 0 : Number(options.cursor)
  if (!Number.isInteger(start) || start < 0)
    return fail('usage.cursor', 'The cursor is not one of this list.')
  const page = items.slice(start, start + (options.limit ?? LIMIT))
  return { page, next: start + page.length < items.length ? String(start + page.length) : null }
}

const receivedResult = async (
  context: CommandContext,
  all: readonly ReceivedRequest[],
): Promise<CommandResult> => {
  const names = await contactNames(context)
  const { page, next } = pageOf(context, all)
  const rows = page.map((received) => [
    shortId(requestIdText(received)),
    requesterText(received, names),
    wishText(received.request),
    received.request.purposes.join(', '),
    rfc3339(received.request.untilMs),
    rfc3339(received.request.createdMs),
  ])
  return {
    json: { requests: page.map(receivedJson), next },
    text: tableText(
      ['Request', 'From', 'Asks to', 'Purpose', 'Until', 'Asked'],
      rows,
      'Nobody asks you for access.',
      context.columns,
    ),
  }
}

const sentResult = async (context: CommandContext, all: readonly SentRequest[]): Promise<CommandResult> => {
  const { page, next } = pageOf(context, all)
  const names = await contactNames(context)
  const rows = page.map(({ request, state, answer }) => {
    const did = didFromAccountId(request.subject)
    return [
      shortId(requestIdText({ request })),
      names.get(did) ?? shortDid(did),
      wishText(request),
      state,
      answer === undefined ? '' : printable(answer.reason),
      rfc3339(request.expiresMs),
    ]
  })
  return {
    json: { requests: page.map((each) => sentJson(each, names)), next },
    text: tableText(
      ['Request', 'To', 'For', 'State', 'Reason', 'Lapses'],
      rows,
      'You asked nobody for access.',
      context.columns,
    ),
  }
}

const blockedResult = async (session: Session, { blocks }: OpenInbox): Promise<CommandResult> => {
  const notes = await blockNotes(session, blocks)
  return {
    json: { blocked: notes.map(({ block, did, name }) => ({ id: blockIdText(block), did, name })) },
    text: tableText(
      ['Block', 'Name', 'DID'],
      notes.map(({ block, did, name }) => [shortId(blockIdText(block)), printable(name ?? 'unknown'), did]),
      'You block nobody.',
    ),
  }
}

/** A patient's inbox, walked through on a terminal; for others what they asked for. */
export const listRequests: CommandAction = async (context, input) => {
  const isBlocked = isSet(input, 'blocked')
  if (isSet(input, 'sent') && isBlocked) return fail('usage.requests', '--sent and --blocked go apart.')
  if (isSet(input, 'sent') || (!isBlocked && !(await isPatientInUse(context))))
    return sentResult(context, await readSent(await openAsker(context), context.host.now()))
  const session = await openPatientSession(context)
  const inbox = await readInbox(context, session)
  if (isBlocked) return blockedResult(session, inbox)
  const isWalked = context.isInteractive && !isSet(input, 'list') && inbox.requests.length > 0
  return isWalked
    ? (await import('./walk-inbox.ts')).walkInbox(context, session, inbox.requests)
    : receivedResult(context, inbox.requests)
}
