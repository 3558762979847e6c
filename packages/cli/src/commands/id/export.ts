import { access } from 'node:fs/promises'
import path from 'node:path'
import { writeKeystore } from '@medchain/node'
import { fail, valueOrFail } from '../../command-error.ts'
import { readContacts } from '../../wallet/contacts.ts'
import { identityJson } from '../../wallet/identity.ts'
import { encodePortableIdentity } from '../../wallet/portable-identity.ts'
import { encodeSecrets } from '../../wallet/secrets.ts'
import { readIfThere } from '../../wallet/wallet-files.ts'
import type { CommandAction } from '../command-spec.ts'

/** One encrypted file with all that another machine needs to be this identity. */
export const exportId: CommandAction = async (context, { args: [name = '', target = ''] }) => {
  const wallet = await context.wallet()
  const file = path.resolve(target)
  const exists = await access(file).then(
    () => true,
    () => false,
  )
  if (exists && !(await context.confirm(`Replace ${file}?`))) {
    return fail('file.exists', `${file} exists already.`, 'Name another file, or say --yes.')
  }
  const identity = await wallet.find(name)
  const passphrase = await context.passphrase({ label: `Passphrase of ${name}` })
  const { secrets } = await wallet.open(identity, passphrase)
  const bytes = encodePortableIdentity({
    role: identity.role,
    secrets: encodeSecrets(secrets),
    keyring: await readIfThere(wallet.files.keyring(name)),
    inception: identity.present && identity.inception,
    contacts: JSON.stringify(await readContacts(wallet.files)),
  })
  valueOrFail(await writeKeystore(file, passphrase, bytes))
  return { json: { ...identityJson(identity), file }, text: `${name} is in ${file}, under its passphrase.` }
}
