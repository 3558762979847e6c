import { tableText } from '../../format/table.ts'
import { readContacts } from '../../wallet/contacts.ts'
import type { CommandAction } from '../command-spec.ts'

export const listContacts: CommandAction = async (context) => {
  const contacts = await readContacts((await context.wallet()).files)
  const rows = contacts.map(({ name, did, role }) => [name, role ?? '', did])
  return {
    json: { contacts: contacts.map(({ name, did, role }) => ({ name, did, role: role ?? null })) },
    text: tableText(
      ['Name', 'Role', 'DID'],
      rows,
      'No contact yet; medchain contact add NAME DID|CARD makes one.',
      context.columns,
    ),
  }
}
