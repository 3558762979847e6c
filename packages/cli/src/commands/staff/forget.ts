import { staffForget } from '@medchain/core'
import type { CommandAction } from '../command-spec.ts'
import { openInstitution } from '../member/institution-session.ts'
import { findStaff } from './read-staff.ts'

/** Deletes what the directory says of an account. */
export const forgetStaff: CommandAction = async (context, { args: [who = ''] }) => {
  const session = await openInstitution(context)
  const { id, did } = await findStaff(context, session, who)
  await session.client.call(staffForget, { account: id }, session.actor, { node: session.actor.id })
  return { json: { did, forgotten: true }, text: `The directory says nothing of ${did} any more.` }
}
