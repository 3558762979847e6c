import { decodeKeyring, type RecoveryContent, sealKeyring, secretsFromWords } from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import { valueOrFail } from '../command-error.ts'
import { createIdentity } from '../wallet/identity.ts'
import { inceptionOf, writeSecrets } from '../wallet/secrets.ts'
import type { Wallet } from '../wallet/wallet.ts'
import { readIfThere, writeWalletFile } from '../wallet/wallet-files.ts'
import type { OpenPending } from './pending-file.ts'

interface Place {
  readonly wallet: Wallet
  readonly networkId: Uint8Array
  readonly name: string
}

/**
 * Makes the identity again from what the recovery brought back, with the new words as its next keys beside it, so that a
 * rotation takes them. Whether that rotation is still to be made: doing this again after an interruption is harmless.
 */
export const layOut = async (
  { wallet, networkId, name }: Place,
  content: RecoveryContent,
  { words, passphrase }: Pick<OpenPending, 'words' | 'passphrase'>,
): Promise<boolean> => {
  const { files } = wallet
  const isThere = (await wallet.list()).some((identity) => identity.name === name)
  if (isThere) return (await readIfThere(files.nextKeystore(name))) !== undefined
  const { inception, signingSeed, sealingSecret, salt } = content
  const next = valueOrFail(secretsFromWords(words.split(' '), nodeCiphers))
  const secrets = { signingSeed, sealingSecret, salt, words: undefined }
  const keyring = valueOrFail(decodeKeyring(content.keyring))
  const sealingKey = nodeCiphers.x25519Public(sealingSecret)
  await writeWalletFile(files.keyring(name), valueOrFail(await sealKeyring(sealingKey, networkId, keyring)))
  await writeSecrets(files.nextKeystore(name), passphrase, {
    ...next,
    words,
    formerSealing: [sealingSecret],
  })
  await wallet.add(createIdentity(name, 'patient', inception, inceptionOf(secrets)), secrets, passphrase)
  return true
}
