import path from 'node:path'
import { createWords, secretsFromWords } from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import { fail, valueOrFail } from '../../command-error.ts'
import {
  createIdentity,
  type IdentityRole,
  identityJson,
  parseIdentityRole,
  parseName,
} from '../../wallet/identity.ts'
import { freshSecrets, type IdentitySecrets, inceptionOf } from '../../wallet/secrets.ts'
import { type CommandAction, type CommandInput, isSet, textOption } from '../command-spec.ts'
import { wordsNote, writeWords } from './hand-out-words.ts'

const secretsOf = (words: readonly string[]): IdentitySecrets => ({
  ...valueOrFail(secretsFromWords(words, nodeCiphers)),
  words: words.join(' '),
})

/** Fresh words, or none where they were declined. */
const wordsOption = (input: CommandInput, role: IdentityRole): readonly string[] | undefined => {
  if (input.options['words'] !== false) return createWords(nodeCiphers)
  if (role === 'patient' || role === 'guardian')
    return fail('usage.words', `A ${role} has nobody to enrol new keys: the 24 words are what restores them.`)
  if (textOption(input, 'wordsFile') !== undefined || isSet(input, 'revealWords'))
    return fail('usage.words', '--no-words leaves no words to write or to show.')
  return undefined
}

/** Makes an identity from fresh words, or from chance alone. */
export const createId: CommandAction = async (context, input) => {
  const name = parseName(input.args[0] ?? '')
  const role = parseIdentityRole(
    textOption(input, 'role') ?? fail('usage.missing-option', '--role is needed.'),
  )
  const wallet = await context.wallet()
  if ((await wallet.list()).some((identity) => identity.name === name)) {
    return fail('identity.name-taken', `There is an identity “${name}” already.`, 'Choose another name.')
  }
  const words = wordsOption(input, role)
  const secrets = words === undefined ? freshSecrets() : secretsOf(words)
  const identity = createIdentity(name, role, inceptionOf(secrets))
  const passphrase = await context.passphrase({
    label: `New passphrase, which locks ${name} on this machine`,
    isNew: true,
  })
  const wordsFile = textOption(input, 'wordsFile')
  if (wordsFile !== undefined && words !== undefined) await writeWords(wordsFile, words)
  await wallet.add(identity, secrets, passphrase)
  if (
    context.options.isJson &&
    words !== undefined &&
    wordsFile === undefined &&
    !isSet(input, 'revealWords')
  )
    context.warn(`The 24 words are shown nowhere yet: medchain id show ${name} --reveal-words shows them.`)
  const note =
    words === undefined
      ? 'No words restore these keys; medchain id export makes a copy.'
      : wordsNote(context, words, wordsFile, name)
  return {
    json: {
      ...identityJson(identity),
      ...(wordsFile !== undefined && { wordsFile: path.resolve(wordsFile) }),
      ...(isSet(input, 'revealWords') && words !== undefined && { words: words.join(' ') }),
    },
    text: `${name} is ${identity.did} (${role}).\n\n${note}\nNext: medchain register --as ${name}`,
  }
}
