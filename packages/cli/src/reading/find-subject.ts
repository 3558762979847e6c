import type { CommandContext } from '../command-context.ts'
import { findParty, type Party } from '../wallet/contacts.ts'

/** Whom a DID, a card file, the name of a contact or of an identity of this machine stands for. */
export const findSubject = async (context: CommandContext, typed: string): Promise<Party> => {
  const wallet = await context.wallet()
  const own = (await wallet.list()).find(({ name }) => name === typed)
  return own === undefined ? findParty(wallet.files, typed) : { id: own.id, did: own.did, name: own.name }
}
