import { base32FromBytes } from '@medchain/core'
import type { ReceivedRequest } from '../../asking/open-request.ts'
import { readInbox } from '../../asking/read-inbox.ts'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { openPatientSession, type Session } from '../../wallet/session.ts'

const PREFIX_LENGTH_MIN = 4

/** The one whose id begins as typed; `requests.unknown`, `usage.request`. */
export const chooseById = <T>(typed: string, items: readonly T[], idOf: (item: T) => string): T => {
  const text = typed.trim().toLowerCase()
  const found = items.filter((item) =>
    text.length < PREFIX_LENGTH_MIN ? idOf(item) === text : idOf(item).startsWith(text),
  )
  const [first, other] = found
  if (other !== undefined)
    return fail('usage.request', `“${typed}” is the beginning of ${found.length} ids.`, 'Write more of it.')
  return (
    first ?? fail('requests.unknown', `There is no such request “${typed}”; it was answered, or has expired.`)
  )
}

export const requestIdText = ({ request }: Pick<ReceivedRequest, 'request'>): string =>
  base32FromBytes(request.requestId)

/** The patient's session and the request that waits under that id. */
export const openRequestOf = async (
  context: CommandContext,
  typed: string,
): Promise<{ readonly session: Session; readonly received: ReceivedRequest }> => {
  const session = await openPatientSession(context)
  const { requests } = await readInbox(context, session)
  return { session, received: chooseById(typed, requests, requestIdText) }
}
