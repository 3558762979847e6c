import { didFromAccountId, type SubjectLink, subjectList } from '@medchain/core'
import { printable } from '../../format/printable.ts'
import { tableText } from '../../format/table.ts'
import type { CommandAction } from '../command-spec.ts'
import { type DirectorySession, openDirectory } from './directory-session.ts'

const readAll = async ({ client, actor }: DirectorySession): Promise<readonly SubjectLink[]> => {
  const all: SubjectLink[] = []
  let after: string | undefined
  for (;;) {
    const page = await client.call(subjectList, { after }, actor)
    all.push(...page)
    after = page.at(-1)?.mrn
    if (after === undefined) return all
  }
}

/** The institution’s numbers. */
export const listSubjects: CommandAction = async (context) => {
  const links = (await readAll(await openDirectory(context))).map(({ mrn, person }) => ({
    mrn,
    did: didFromAccountId(person),
  }))
  return {
    json: { subjects: links },
    text: tableText(
      ['Number', 'Patient'],
      links.map(({ mrn, did }) => [printable(mrn), did]),
      'No number yet; medchain subject link MRN DID notes one.',
      context.columns,
    ),
  }
}
