import { accessUnblock } from '@medchain/core'
import { readInbox } from '../../asking/read-inbox.ts'
import { openPatientSession } from '../../wallet/session.ts'
import type { CommandAction } from '../command-spec.ts'
import { blockIdText } from './block-notes.ts'
import { chooseById } from './choose-request.ts'

/** Lets requests of somebody come in again. */
export const unblockRequester: CommandAction = async (context, { args: [typed = ''] }) => {
  const session = await openPatientSession(context)
  const { blocks } = await readInbox(context, session)
  const { institution, sender, home } = chooseById(typed, blocks, blockIdText)
  const { client, identity } = session
  await client.call(accessUnblock, { institution, sender }, identity.actor, { node: home })
  return { json: { id: blockIdText({ sender }), blocked: false }, text: 'Their requests reach you again.' }
}
