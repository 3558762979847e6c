import { accountIdFromDid } from '@medchain/core'
import { fail, valueOrFail } from '../command-error.ts'
import { parseCard } from './card.ts'
import { readIdentities, readIfThere, type WalletFiles, writeWalletFile } from './wallet-files.ts'

/** Somebody the person knows by a name of their own. */
export interface Contact {
  readonly name: string
  readonly did: string
  /** As the card says; absent for one known by DID only. */
  readonly role: string | undefined
}

export interface Party {
  readonly id: Uint8Array
  readonly did: string
  /** Name as the person knows it; the DID where there is none. */
  readonly name: string
}

const damaged = (file: string): never =>
  fail('contacts.damaged', `${file} is damaged; restore it or remove it.`)

export const readContacts = async (files: WalletFiles): Promise<readonly Contact[]> => {
  const content = await readIfThere(files.contacts)
  if (content === undefined) return []
  let list: unknown
  try {
    list = JSON.parse(new TextDecoder().decode(content))
  } catch {
    return damaged(files.contacts)
  }
  if (!Array.isArray(list)) return damaged(files.contacts)
  return list.map((entry: Partial<Contact>) =>
    typeof entry.name === 'string' && typeof entry.did === 'string'
      ? { name: entry.name, did: entry.did, role: entry.role }
      : damaged(files.contacts),
  )
}

/** Whom this home has a name for: contacts first, then its own identities. */
export const readKnown = async (files: WalletFiles): Promise<readonly Contact[]> => [
  ...(await readContacts(files)),
  ...(await readIdentities(files)),
]

/** Adds a contact; `contacts.name-taken` when the name stands for somebody else. */
export const addContact = async (files: WalletFiles, contact: Contact): Promise<void> => {
  const contacts = await readContacts(files)
  const known = contacts.find(({ name }) => name === contact.name)
  if (known !== undefined && known.did !== contact.did) {
    return fail(
      'contacts.name-taken',
      `“${contact.name}” is the name of another contact.`,
      'Choose another name.',
    )
  }
  const others = contacts.filter(({ name }) => name !== contact.name)
  const sorted = [...others, contact].sort((a, b) => (a.name < b.name ? -1 : 1))
  await writeWalletFile(files.contacts, `${JSON.stringify(sorted, undefined, 2)}\n`)
}

/** What a person handed over; a DID alone says nothing but itself. */
export interface HandedOver extends Pick<Contact, 'did' | 'role'> {
  /** As the card says. */
  readonly name: string | undefined
  /** X25519 key of the card. */
  readonly sealingKey: Uint8Array | undefined
}

/** DID and role from what a person handed over: a full DID, or a card file. */
export const readHandedOver = async (typed: string): Promise<HandedOver> => {
  if (typed.startsWith('did:')) {
    valueOrFail(accountIdFromDid(typed))
    return { did: typed, role: undefined, name: undefined, sealingKey: undefined }
  }
  const content = await readIfThere(typed)
  if (content === undefined) {
    return fail('contact.not-found', `“${typed}” is neither a DID nor a card file.`)
  }
  const { did, role, name, inception } = parseCard(new TextDecoder().decode(content), typed)
  return { did, role, name, sealingKey: inception.sealingKey }
}

/**
 * Whom a full DID, the name of a contact or of an identity of this home, or a card file stands for; prefixes of ids
 * never do.
 */
export const findParty = async (files: WalletFiles, typed: string): Promise<Party> => {
  const known = await readKnown(files)
  const contact = known.find(({ name }) => name === typed)
  if (contact === undefined && !typed.startsWith('did:') && (await readIfThere(typed)) === undefined) {
    return fail(
      'contact.not-found',
      `“${typed}” is not a DID, a card file or the name of a contact.`,
      'medchain contact add NAME DID|CARD makes a contact.',
    )
  }
  const { did } = contact ?? (await readHandedOver(typed))
  const name = contact?.name ?? known.find((each) => each.did === did)?.name ?? did
  return { id: valueOrFail(accountIdFromDid(did)), did, name }
}
