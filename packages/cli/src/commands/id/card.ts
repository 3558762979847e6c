import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { renderUnicodeCompact } from 'uqr'
import { cardText } from '../../wallet/card.ts'
import { identityJson } from '../../wallet/identity.ts'
import { type CommandAction, textOption } from '../command-spec.ts'
import { chosenIdentity } from './chosen-identity.ts'

/** Writes the card of an identity, and draws it for a camera on a terminal. */
export const writeCard: CommandAction = async (context, input) => {
  const identity = await chosenIdentity(context, input)
  const file = path.resolve(textOption(input, 'out') ?? `${identity.name}.card.json`)
  const card = cardText({ ...identity, isUnchecked: undefined })
  await writeFile(file, `${card}\n`)
  const picture = context.host.stdout.isTTY ? `${renderUnicodeCompact(card, { ecc: 'L', border: 2 })}\n` : ''
  return {
    json: { ...identityJson(identity), file },
    text: `${picture}The card of ${identity.name} is in ${file}; nothing on it is secret.`,
  }
}
