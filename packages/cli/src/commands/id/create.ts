import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createWords, secretsFromWords } from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import type { CommandContext } from '../../command-context.ts'
import { fail, valueOrFail } from '../../command-error.ts'
import { wordsText } from '../../format/words.ts'
import { createIdentity, identityJson, parseIdentityRole, parseName } from '../../wallet/identity.ts'
import { inceptionOf } from '../../wallet/secrets.ts'
import { type CommandAction, isSet, textOption } from '../command-spec.ts'

const writeWords = (file: string, words: readonly string[]): Promise<void> =>
  writeFile(file, `${words.join(' ')}\n`, { mode: 0o600, flag: 'wx' }).catch(
    (error: NodeJS.ErrnoException) =>
      error.code === 'EEXIST'
        ? fail('file.exists', `${file} exists already; words never overwrite a file.`)
        : Promise.reject(error),
  )

const wordsNote = (
  context: CommandContext,
  words: readonly string[],
  file: string | undefined,
  name: string,
): string => {
  if (file !== undefined) return `The 24 words are in ${file}; put them on paper and remove the file.`
  if (context.host.stdout.isTTY && !context.options.isJson) {
    return `${wordsText(words)}\n\nWrite these 24 words on paper, in this order. Whoever has them is you.`
  }
  return `The 24 words are in the keystore; medchain id show ${name} --reveal-words shows them.`
}

/** Makes an identity from fresh words. */
export const createId: CommandAction = async (context, input) => {
  const name = parseName(input.args[0] ?? '')
  const role = parseIdentityRole(
    textOption(input, 'role') ?? fail('usage.missing-option', '--role is needed.'),
  )
  const wallet = await context.wallet()
  if ((await wallet.list()).some((identity) => identity.name === name)) {
    return fail('identity.name-taken', `There is an identity “${name}” already.`, 'Choose another name.')
  }
  const words = createWords(nodeCiphers)
  const secrets = { ...valueOrFail(secretsFromWords(words, nodeCiphers)), words: words.join(' ') }
  const identity = createIdentity(name, role, inceptionOf(secrets))
  const passphrase = await context.passphrase({ label: 'New passphrase', isNew: true })
  const wordsFile = textOption(input, 'wordsFile')
  if (wordsFile !== undefined) await writeWords(wordsFile, words)
  await wallet.add(identity, secrets, passphrase)
  const note = wordsNote(context, words, wordsFile, name)
  return {
    json: {
      ...identityJson(identity),
      ...(wordsFile !== undefined && { wordsFile: path.resolve(wordsFile) }),
      ...(isSet(input, 'revealWords') && { words: words.join(' ') }),
    },
    text: `${name} is ${identity.did} (${role}).\n\n${note}\nNext: medchain register --as ${name}`,
  }
}
