import { rename, rm } from 'node:fs/promises'
import { createWords, type Keyring, openKeyring, sealKeyring, secretsFromWords } from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import type { NodeClient } from '../client/node-client.ts'
import { valueOrFail } from '../command-error.ts'
import { createIdentity } from '../wallet/identity.ts'
import {
  actorOf,
  freshSecrets,
  type IdentitySecrets,
  inceptionOf,
  readSecrets,
  writeSecrets,
} from '../wallet/secrets.ts'
import type { OpenIdentity } from '../wallet/wallet.ts'
import { readIfThere, type WalletFiles, writeIdentity, writeWalletFile } from '../wallet/wallet-files.ts'

/** An identity on its way from its present keys to the next ones, which lie on this disk beside them. */
export interface KeyChange {
  readonly client: NodeClient
  readonly files: WalletFiles
  readonly before: OpenIdentity
  /** The same identity under the next keys. */
  readonly after: OpenIdentity
}

const nextSecrets = ({ secrets }: OpenIdentity): IdentitySecrets => {
  const formerSealing = [secrets.sealingSecret, ...(secrets.formerSealing ?? [])]
  if (secrets.words === undefined) return { ...freshSecrets(), formerSealing }
  const words = createWords(nodeCiphers)
  return { ...valueOrFail(secretsFromWords(words, nodeCiphers)), words: words.join(' '), formerSealing }
}

/** Draws the next keys, or finds those of a change that was interrupted; durable before anybody hears of them. */
export const beginKeyChange = async (
  { client, files }: Pick<KeyChange, 'client' | 'files'>,
  before: OpenIdentity,
  passphrase: string,
): Promise<KeyChange> => {
  const file = files.nextKeystore(before.name)
  if ((await readIfThere(file)) === undefined) {
    await rm(files.nextKeyring(before.name), { force: true })
    await writeSecrets(file, passphrase, nextSecrets(before))
  }
  const secrets = await readSecrets(file, passphrase)
  const identity = createIdentity(before.name, before.role, before.inception, inceptionOf(secrets))
  return { client, files, before, after: { ...identity, secrets, actor: actorOf(identity, secrets) } }
}

/** The keyring that waits for the next keys, if it was made already. */
export const readNextKeyring = async (
  { files, after }: KeyChange,
  networkId: Uint8Array,
): Promise<Keyring | undefined> => {
  const sealed = await readIfThere(files.nextKeyring(after.name))
  const { sealingSecret: secretKey } = after.secrets
  const publicKey = nodeCiphers.x25519Public(secretKey)
  return sealed && valueOrFail(await openKeyring({ secretKey, publicKey }, networkId, sealed))
}

/** Keeps the keyring for the next keys, sealed to them; the sealed bytes. */
export const writeNextKeyring = async (
  { files, after }: KeyChange,
  networkId: Uint8Array,
  keyring: Keyring,
): Promise<Uint8Array> => {
  const publicKey = nodeCiphers.x25519Public(after.secrets.sealingSecret)
  const sealed = valueOrFail(await sealKeyring(publicKey, networkId, keyring))
  await writeWalletFile(files.nextKeyring(after.name), sealed)
  return sealed
}

/** Puts the next keys in the place of the present ones. The keystore comes last: while it waits, the change goes on. */
export const takeOver = async ({ files, after }: KeyChange): Promise<void> => {
  const { name } = after
  if ((await readIfThere(files.nextKeyring(name))) !== undefined)
    await rename(files.nextKeyring(name), files.keyring(name))
  await writeIdentity(files, after)
  await rename(files.nextKeystore(name), files.keystore(name))
}

/** Gives a change up that nobody has heard of, or that was refused for good. */
export const dropKeyChange = async ({ files, after }: KeyChange): Promise<void> => {
  await rm(files.nextKeyring(after.name), { force: true })
  await rm(files.nextKeystore(after.name), { force: true })
}
