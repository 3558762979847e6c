import { subjectRemove } from '@medchain/core'
import type { CommandAction } from '../command-spec.ts'
import { openDirectory } from './directory-session.ts'
import { parseMrn } from './link.ts'

/** Takes a number off its patient. */
export const unlinkSubject: CommandAction = async (context, { args: [typed = ''] }) => {
  const mrn = parseMrn(typed)
  const { client, actor } = await openDirectory(context)
  await client.call(subjectRemove, { mrn }, actor)
  return { json: { mrn, unlinked: true }, text: `${mrn} stands for nobody any more.` }
}
