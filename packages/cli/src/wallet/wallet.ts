import { mkdir, rm } from 'node:fs/promises'
import type { Actor } from '../client/signed-request.ts'
import type { CommandContext } from '../command-context.ts'
import { fail } from '../command-error.ts'
import type { Identity } from './identity.ts'
import type { IdentitySecrets } from './secrets.ts'
import {
  readIdentities,
  readIdentity,
  type WalletFiles,
  walletFilesOf,
  writeIdentity,
} from './wallet-files.ts'

/** An identity whose passphrase was given. */
export interface OpenIdentity extends Identity {
  readonly secrets: IdentitySecrets
  readonly actor: Actor
}

/** The identities of this machine. */
export interface Wallet {
  readonly files: WalletFiles
  readonly list: () => Promise<readonly Identity[]>
  /** `identity.not-found` when there is none of that name. */
  readonly find: (name: string) => Promise<Identity>
  /** The one that `--as` names, or the only one. */
  readonly current: () => Promise<Identity>
  /** Asks for the passphrase unless it is given; `keystore.wrong-passphrase`. */
  readonly open: (identity: Identity, passphrase?: string) => Promise<OpenIdentity>
  /** `identity.name-taken` when there is one of that name. */
  readonly add: (identity: Identity, secrets: IdentitySecrets, passphrase: string) => Promise<void>
}

const chooseCurrent = async (context: CommandContext, files: WalletFiles): Promise<Identity> => {
  const all = await readIdentities(files)
  const { identity: name } = context.options
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

export const createWallet = (context: CommandContext): Wallet => {
  const files = walletFilesOf(context.options.home)
  return {
    files,
    list: () => readIdentities(files),
    find: async (name) => (await readIdentity(files, name)) ?? notFound(name),
    current: () => chooseCurrent(context, files),
    open: async (identity, given) => {
      const passphrase = given ?? (await context.passphrase({ label: `Passphrase of ${identity.name}` }))
      const { actorOf, readSecrets } = await import('./secrets.ts')
      const secrets = await readSecrets(files.keystore(identity.name), passphrase)
      return { ...identity, secrets, actor: actorOf(identity, secrets) }
    },
    add: async (identity, secrets, passphrase) => {
      if ((await readIdentity(files, identity.name)) !== undefined) {
        return fail(
          'identity.name-taken',
          `There is an identity “${identity.name}” already.`,
          'Choose another name.',
        )
      }
      await mkdir(files.folder, { recursive: true, mode: 0o700 })
      // Without its card a keystore is nobody's: an interrupted creation may have left one.
      await rm(files.keystore(identity.name), { force: true })
      const { writeSecrets } = await import('./secrets.ts')
      await writeSecrets(files.keystore(identity.name), passphrase, secrets)
      await writeIdentity(files, identity)
    },
  }
}
