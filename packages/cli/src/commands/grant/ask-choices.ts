import { readFileSync } from 'node:fs'
import { provenMembers } from '../../client/proven-members.ts'
import type { CommandContext } from '../../command-context.ts'
import { CommandError } from '../../command-error.ts'
import { shortDid } from '../../format/id.ts'
import { type Candidate, type CardReader, createGrantForm } from '../../views/grant-form/grant-form-state.ts'
import { parseCard } from '../../wallet/card.ts'
import { readKnown } from '../../wallet/contacts.ts'
import { type CommandInput, listOption } from '../command-spec.ts'
import { type GrantChoices, parseCompartments, readChoices } from './grant-choices.ts'

/** A card file that was typed into the form, by its name and role. */
const readCard: CardReader = (file) => {
  try {
    const { name, did, role } = parseCard(readFileSync(file, 'utf8'), file)
    return { name, did, about: role }
  } catch (error) {
    if (error instanceof CommandError) return { complaint: error.message }
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    return { complaint: `“${file}” is neither a DID nor a file that can be read.` }
  }
}

/** Contacts and other identities of this home first, then the institutions of the network. */
const findCandidates = async (context: CommandContext): Promise<readonly Candidate[]> => {
  const contacts = await readKnown((await context.wallet()).files)
  const members = await provenMembers(await context.client())
  return [
    ...contacts
      .filter(({ role }) => role !== 'patient')
      .map(({ name, did, role }) => ({ name, did, about: role ?? shortDid(did) })),
    ...members.map(({ name, did, role }) => ({ name, did, about: `institution, ${role}` })),
  ]
}

/** Asks for what the command line left open; undefined when the person gave up. */
export const askChoices = async (
  context: CommandContext,
  input: CommandInput,
): Promise<GrantChoices | undefined> => {
  const { showGrantForm } = await import('../../views/grant-form/show-grant-form.tsx')
  const compartments = parseCompartments(listOption(input, 'compartment'))
  const form = createGrantForm(await findCandidates(context), {
    nowMs: context.host.now(),
    readCard,
    grantee: input.args[0],
    compartments,
  })
  const answers = await showGrantForm(context.host, form)
  if (answers === undefined) return undefined
  const { grantee, purpose, until } = answers
  const options = { ...input.options, compartment: answers.compartments, purpose, until }
  return readChoices({ args: [grantee], options }, context.host.now())
}
