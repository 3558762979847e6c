import { mkdir, rm } from 'node:fs/promises'
import { fail } from '../command-error.ts'
import type { PassphrasePrompt } from '../passphrase.ts'
import type { Identity } from './identity.ts'
import type { OpenIdentity, Wallet } from './wallet.ts'
import {
  readIdentities,
  readIdentity,
  type WalletFiles,
  walletFilesOf,
  writeIdentity,
} from './wallet-files.ts'

const chooseCurrent = async (files: WalletFiles, name: string | undefined): Promise<Identity> => {
  const all = await readIdentities(files)
  if (name !== undefined) return all.find((identity) => identity.name === name) ?? notFound(name)
  const [only, second] = all
  if (only === undefined) {
    return fail(
      'identity.not-found',
      'There is no identity on this machine yet.',
      'medchain id create NAME --role ROLE makes one.',
    )
  }
  if (second === undefined) return only
  const names = all.map((identity) => identity.name).join(', ')
  return fail('usage.identity', `There are several identities here (${names}).`, 'Name one with --as NAME.')
}

const notFound = (name: string): never =>
  fail(
    'identity.not-found',
    `There is no identity “${name}” on this machine.`,
    'medchain id list shows those there are.',
  )

export interface WalletPlace {
  readonly home: string
  /** Name that `--as` gave. */
  readonly chosen: string | undefined
  readonly passphrase: (prompt: PassphrasePrompt) => Promise<string>
}

/** The wallet of a home; nothing is read before it is asked for. */
export const openWallet = (place: WalletPlace): Wallet => {
  const files = walletFilesOf(place.home)
  const opened = new Map<string, OpenIdentity>()
  const assertFree: Wallet['assertFree'] = async (name) => {
    if ((await readIdentity(files, name)) === undefined) return
    fail('identity.name-taken', `There is an identity “${name}” already.`, 'Choose another name.')
  }
  return {
    files,
    list: () => readIdentities(files),
    find: async (name) => (await readIdentity(files, name)) ?? notFound(name),
    current: () => chooseCurrent(files, place.chosen),
    open: async (identity, given) => {
      const known = opened.get(identity.did)
      if (known !== undefined && given === undefined) return known
      const passphrase = given ?? (await place.passphrase({ label: `Passphrase of ${identity.name}` }))
      const { actorOf, readSecrets } = await import('./secrets.ts')
      const secrets = await readSecrets(files.keystore(identity.name), passphrase)
      const open = { ...identity, secrets, actor: actorOf(identity, secrets) }
      opened.set(identity.did, open)
      return open
    },
    assertFree,
    add: async (identity, secrets, passphrase) => {
      await assertFree(identity.name)
      await mkdir(files.folder, { recursive: true, mode: 0o700 })
      // Without its card a keystore is nobody's: an interrupted creation may have left one.
      await rm(files.keystore(identity.name), { force: true })
      const { writeSecrets } = await import('./secrets.ts')
      await writeSecrets(files.keystore(identity.name), passphrase, secrets)
      await writeIdentity(files, identity)
    },
  }
}
