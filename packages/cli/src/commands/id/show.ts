import { fail } from '../../command-error.ts'
import { factsText } from '../../format/table.ts'
import { wordsText } from '../../format/words.ts'
import { identityJson } from '../../wallet/identity.ts'
import { type CommandAction, isSet } from '../command-spec.ts'
import { chosenIdentity } from './chosen-identity.ts'

/** What everybody may know of an identity; its words only when asked, and with the passphrase. */
export const showId: CommandAction = async (context, input) => {
  const identity = await chosenIdentity(context, input)
  const json = identityJson(identity)
  const facts = factsText([
    ['Name', json.name],
    ['DID', json.did],
    ['Role', json.role],
    ['Signing key', json.signingKey],
    ['Sealing key', json.sealingKey],
  ])
  if (!isSet(input, 'revealWords')) return { json, text: facts }
  const { words } = (await (await context.wallet()).open(identity)).secrets
  if (words === undefined) return fail('words.not-kept', `${identity.name} was made without words.`)
  return { json: { ...json, words }, text: `${facts}\n\n${wordsText(words.split(' '))}` }
}
