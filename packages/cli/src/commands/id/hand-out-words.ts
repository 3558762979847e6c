import { readFile, writeFile } from 'node:fs/promises'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { wordsText } from '../../format/words.ts'

/** Words go into a new file of mode 0600, or into one that holds them already. */
export const writeWords = (file: string, words: readonly string[]): Promise<void> =>
  writeFile(file, `${words.join(' ')}\n`, { mode: 0o600, flag: 'wx' }).catch(
    async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
      if ((await readFile(file, 'utf8')).trim() === words.join(' ')) return
      return fail('file.exists', `${file} exists already; words never overwrite a file.`)
    },
  )

/** What a person is to do with the words; the words themselves only on a terminal. */
export const wordsNote = (
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
