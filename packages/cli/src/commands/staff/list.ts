import { didFromAccountId } from '@medchain/core'
import { licenceJson, licenceText } from '../../format/licence.ts'
import { printable } from '../../format/printable.ts'
import { tableText } from '../../format/table.ts'
import type { CommandAction } from '../command-spec.ts'
import { openInstitution } from '../member/institution-session.ts'
import { readStaff, stateOf } from './read-staff.ts'

/** The institution’s directory of staff, with what the chain says of each. */
export const listStaff: CommandAction = async (context) => {
  const session = await openInstitution(context)
  const all = await readStaff(session)
  const states = await Promise.all(all.map(({ account }) => stateOf(session, account)))
  const nowMs = context.host.now()
  const rows = all.map(({ name, role, licence, account }, index) => [
    printable(name),
    role,
    states[index] ?? '',
    licence === undefined ? '' : licenceText(licence, nowMs),
    didFromAccountId(account),
  ])
  return {
    json: {
      staff: all.map(({ name, role, licence, account }, index) => ({
        did: didFromAccountId(account),
        name,
        role,
        state: states[index] ?? null,
        licence: licenceJson(licence),
      })),
    },
    text: tableText(
      ['Name', 'Role', 'State', 'Licence', 'DID'],
      rows,
      'Nobody is attested yet; medchain staff enroll CARD begins.',
      context.columns,
    ),
  }
}
