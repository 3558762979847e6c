import { addContact, readHandedOver } from '../../wallet/contacts.ts'
import { parseName } from '../../wallet/identity.ts'
import type { CommandAction } from '../command-spec.ts'

export const addToContacts: CommandAction = async (context, { args: [typedName = '', who = ''] }) => {
  const { files } = await context.wallet()
  const { did, role } = await readHandedOver(who)
  const contact = { name: parseName(typedName), did, role }
  await addContact(files, contact)
  return {
    json: { name: contact.name, did: contact.did, role: contact.role ?? null },
    text: `${contact.name} is ${contact.did}${contact.role === undefined ? '' : ` (${contact.role})`}.`,
  }
}
