import { didFromAccountId, subjectFind } from '@medchain/core'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'
import { findParty, type Party } from '../wallet/contacts.ts'
import { actAs } from './acting.ts'

/** The patient behind a number of the institution that the person in use works for; undefined for everybody else. */
const findByNumber = async (context: CommandContext, mrn: string): Promise<Party | undefined> => {
  const wallet = await context.wallet()
  const { role } = await wallet.current()
  if (role === 'patient' || role === 'guardian') return undefined
  const { client, identity } = await actAs(context)
  try {
    const { person } = await client.call(subjectFind, { mrn }, identity.actor)
    return { id: person, did: didFromAccountId(person), name: mrn }
  } catch (error) {
    if (error instanceof CommandError && /^(subject|directory|identity|encoding)\./.test(error.code))
      return undefined
    throw error
  }
}

/**
 * Whom a DID, a card file, the name of a contact or of an identity of this machine stands for, or, for staff, a number
 * in their institution’s directory.
 */
export const findSubject = async (context: CommandContext, typed: string): Promise<Party> => {
  const wallet = await context.wallet()
  const all = await wallet.list()
  const own = all.find(({ name }) => name === typed)
  if (own !== undefined) return { id: own.id, did: own.did, name: own.name }
  try {
    return await findParty(wallet.files, typed)
  } catch (error) {
    const mayBeNumber = error instanceof CommandError && error.code === 'contact.not-found'
    const found = mayBeNumber && all.length > 0 ? await findByNumber(context, typed) : undefined
    if (found === undefined) throw error
    return found
  }
}
