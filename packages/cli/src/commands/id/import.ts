import { readKeystore } from '@medchain/node'
import { valueOrFail } from '../../command-error.ts'
import { addContact, type Contact, readContacts } from '../../wallet/contacts.ts'
import { createIdentity, identityJson, parseIdentityRole, parseName } from '../../wallet/identity.ts'
import { decodePortableIdentity } from '../../wallet/portable-identity.ts'
import { decodeSecrets, inceptionOf } from '../../wallet/secrets.ts'
import { writeWalletFile } from '../../wallet/wallet-files.ts'
import type { CommandAction } from '../command-spec.ts'

/** Takes over what `id export` wrote; contacts that are known here stay as they are. */
export const importId: CommandAction = async (context, { args: [typed = '', file = ''] }) => {
  const name = parseName(typed)
  const passphrase = await context.passphrase({ label: 'Passphrase of the file' })
  const portable = decodePortableIdentity(valueOrFail(await readKeystore(file, passphrase)), file)
  const secrets = decodeSecrets(portable.secrets, file)
  const present = inceptionOf(secrets)
  const { role, inception = present } = portable
  const identity = createIdentity(name, parseIdentityRole(role), inception, present)
  const wallet = await context.wallet()
  await wallet.add(identity, secrets, passphrase)
  if (portable.keyring !== undefined) await writeWalletFile(wallet.files.keyring(name), portable.keyring)
  const known = new Set((await readContacts(wallet.files)).map((contact) => contact.name))
  for (const contact of JSON.parse(portable.contacts) as Contact[]) {
    if (!known.has(contact.name)) await addContact(wallet.files, contact)
  }
  return { json: identityJson(identity), text: `${name} is on this machine now: ${identity.did}` }
}
