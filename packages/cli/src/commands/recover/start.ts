import path from 'node:path'
import { accountIdFromInception, createWords, didFromAccountId } from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import { fail } from '../../command-error.ts'
import { pendingFile } from '../../recovering/pending-file.ts'
import { createOwnKeys, writePending } from '../../recovering/recovery-keys.ts'
import { ticketDigits, ticketText } from '../../recovering/ticket-card.ts'
import { parseName } from '../../wallet/identity.ts'
import { readIfThere, writeWalletFile } from '../../wallet/wallet-files.ts'
import { type CommandAction, isSet, textOption } from '../command-spec.ts'
import { wordsNote, writeWords } from '../id/hand-out-words.ts'

/** Makes new words and a ticket for whoever lost everything. */
export const start: CommandAction = async (context, input) => {
  const name = parseName(input.args[0] ?? '')
  const wallet = await context.wallet()
  const file = pendingFile(wallet.files, name)
  const isTaken =
    (await wallet.list()).some((identity) => identity.name === name) ||
    (await readIfThere(file)) !== undefined
  if (isTaken)
    return fail('identity.name-taken', `“${name}” is taken on this machine.`, 'Choose another name.')
  const words = createWords(nodeCiphers)
  const ticket = createOwnKeys()
  const passphrase = await context.passphrase({
    label: `New passphrase, which locks ${name} on this machine`,
    isNew: true,
  })
  const wordsFile = textOption(input, 'wordsFile')
  if (wordsFile !== undefined) await writeWords(wordsFile, words)
  await writePending(file, passphrase, { ticket, words: words.join(' ') })
  const out = path.resolve(textOption(input, 'out') ?? `${name}.ticket.json`)
  await writeWalletFile(out, `${ticketText(ticket.inception)}\n`)
  const digits = ticketDigits(ticket.inception)
  return {
    json: {
      name,
      ticket: out,
      ticketId: didFromAccountId(accountIdFromInception(ticket.inception)),
      digits,
      ...(wordsFile !== undefined && { wordsFile: path.resolve(wordsFile) }),
      ...(isSet(input, 'revealWords') && { words: words.join(' ') }),
    },
    text:
      `${wordsNote(context, words, wordsFile, name)}\n\n` +
      `Give ${out} to your guardians, or to your institution. Read these digits to each of them: they are asked whether ` +
      `they are the same.\n\n    ${digits}\n\nNext: medchain recover status ${name}`,
  }
}
