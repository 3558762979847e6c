import { subjectAdd } from '@medchain/core'
import { fail } from '../../command-error.ts'
import { findParty } from '../../wallet/contacts.ts'
import type { CommandAction } from '../command-spec.ts'
import { openDirectory } from './directory-session.ts'

const MRN = /^[\p{L}\p{N}][\p{L}\p{N}./_ -]{0,62}$/u

/** A number as it may be typed in place of a subject: nothing that could be taken for a DID. */
export const parseMrn = (typed: string): string =>
  MRN.test(typed)
    ? typed
    : fail(
        'usage.mrn',
        'A number has up to 63 letters, digits, dots, hyphens, slashes, spaces or underscores.',
      )

/** Notes a number of the institution’s own for a patient. */
export const linkSubject: CommandAction = async (context, { args: [typed = '', who = ''] }) => {
  const mrn = parseMrn(typed)
  const { id, did } = await findParty((await context.wallet()).files, who)
  const { client, actor } = await openDirectory(context)
  await client.call(subjectAdd, { mrn, person: id }, actor)
  return { json: { mrn, did }, text: `${mrn} stands for ${did}, within this institution.` }
}
