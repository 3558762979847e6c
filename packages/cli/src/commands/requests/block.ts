import { accessBlock, didFromAccountId } from '@medchain/core'
import type { ReceivedRequest } from '../../asking/open-request.ts'
import { requesterText } from '../../asking/request-json.ts'
import type { Session } from '../../wallet/session.ts'
import type { CommandAction } from '../command-spec.ts'
import { sealNote } from './block-notes.ts'
import { openRequestOf, requestIdText } from './choose-request.ts'

/** Tells the node where the request waits to drop whatever its sender sends. */
export const block = async (session: Session, received: ReceivedRequest): Promise<void> => {
  const { client, identity } = session
  const note = await sealNote(session, received)
  const { requestId } = received.request
  await client.call(accessBlock, { requestId, note }, identity.actor, { node: received.home })
}

export const blockRequester: CommandAction = async (context, { args: [typed = ''] }) => {
  const { session, received } = await openRequestOf(context, typed)
  await block(session, received)
  return {
    json: {
      id: requestIdText(received),
      blocked: true,
      did: didFromAccountId(received.requester.id),
    },
    text: `${requesterText(received)} is blocked and is not told. medchain requests --blocked lists whom you block.`,
  }
}
