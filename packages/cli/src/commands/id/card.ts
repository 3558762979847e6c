import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { renderUnicodeCompact } from 'uqr'
import { cardText } from '../../wallet/card.ts'
import { identityJson } from '../../wallet/identity.ts'
import { type CommandAction, textOption } from '../command-spec.ts'
import { chosenIdentity } from './chosen-identity.ts'

/** A code that wraps is none a camera reads. */
const pictureOf = (card: string, columns: number): string => {
  const picture = renderUnicodeCompact(card, { ecc: 'L', border: 2 })
  const width = Math.max(...picture.split('\n').map((line) => line.length))
  return width <= columns ? `${picture}\n` : `The code for a camera needs ${width} columns.\n`
}

/** Writes the card of an identity, and draws it for a camera on a terminal. */
export const writeCard: CommandAction = async (context, input) => {
  const identity = await chosenIdentity(context, input)
  const file = path.resolve(textOption(input, 'out') ?? `${identity.name}.card.json`)
  const card = cardText({ ...identity, isUnchecked: undefined })
  await writeFile(file, `${card}\n`)
  const { isTTY, columns = 80 } = context.host.stdout
  const picture = isTTY ? pictureOf(card, columns) : ''
  return {
    json: { ...identityJson(identity), file },
    text: `${picture}The card of ${identity.name} is in ${file}; nothing on it is secret.`,
  }
}
