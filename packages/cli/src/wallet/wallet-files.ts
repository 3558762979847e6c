import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { cardText, parseCard } from './card.ts'
import type { Identity } from './identity.ts'

/** Files of one identity below `<home>/wallet`. */
export interface WalletFiles {
  readonly folder: string
  readonly publicFile: (name: string) => string
  readonly keystore: (name: string) => string
  readonly keyring: (name: string) => string
  /** Of a rotation of the person’s keys that has begun. */
  readonly nextKeystore: (name: string) => string
  readonly nextKeyring: (name: string) => string
  readonly registration: (name: string) => string
  /** Keys that custodians released for emergencies in force. */
  readonly emergencies: (name: string) => string
  readonly contacts: string
}

export const walletFilesOf = (home: string): WalletFiles => {
  const folder = path.join(home, 'wallet')
  const fileWith = (ending: string) => (name: string) => path.join(folder, `${name}${ending}`)
  return {
    folder,
    publicFile: fileWith('.card.json'),
    keystore: fileWith('.keystore'),
    keyring: fileWith('.keyring'),
    nextKeystore: fileWith('.keystore-next'),
    nextKeyring: fileWith('.keyring-next'),
    registration: fileWith('.registration.json'),
    emergencies: fileWith('.emergencies'),
    contacts: path.join(folder, 'contacts.json'),
  }
}

const CARD_ENDING = '.card.json'

/** What a file holds; undefined when there is none. */
export const readIfThere = async (file: string): Promise<Uint8Array | undefined> => {
  try {
    return await readFile(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

export const writeWalletFile = async (file: string, content: Uint8Array | string): Promise<void> => {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  // Loaded when it is needed: reading a wallet does not wait for the daemon's libraries.
  const { writeFileAtomic } = await import('@medchain/node')
  await writeFileAtomic(file, bytes, { mode: 0o600 })
}

export const readIdentity = async (files: WalletFiles, name: string): Promise<Identity | undefined> => {
  const file = files.publicFile(name)
  const content = await readIfThere(file)
  return content === undefined ? undefined : { ...parseCard(new TextDecoder().decode(content), file), name }
}

export const writeIdentity = (files: WalletFiles, identity: Identity): Promise<void> =>
  writeWalletFile(files.publicFile(identity.name), `${cardText(identity)}\n`)

/** All identities of the wallet, by name. */
export const readIdentities = async (files: WalletFiles): Promise<readonly Identity[]> => {
  const entries = await readdir(files.folder).catch(() => [])
  const names = entries
    .filter((entry) => entry.endsWith(CARD_ENDING))
    .map((entry) => entry.slice(0, -CARD_ENDING.length))
  const found = await Promise.all(names.sort().map((name) => readIdentity(files, name)))
  return found.filter((identity) => identity !== undefined)
}

export const forgetKeyring = (files: WalletFiles, name: string): Promise<void> =>
  rm(files.keyring(name), { force: true })
