import type { CommandContext } from '../../command-context.ts'
import { readKnown } from '../../wallet/contacts.ts'
import { isInstitutionMeant } from '../subject/directory-session.ts'

/** Whether the identity in use is a patient's, who receives requests and sends none. */
export const isPatientInUse = async (context: CommandContext): Promise<boolean> =>
  !isInstitutionMeant(context) && (await (await context.wallet()).current()).role === 'patient'

/** Names of contacts by DID. */
export const contactNames = async (context: CommandContext): Promise<ReadonlyMap<string, string>> => {
  const contacts = await readKnown((await context.wallet()).files)
  return new Map(contacts.map(({ did, name }) => [did, name]))
}
