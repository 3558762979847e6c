import { readFile } from 'node:fs/promises'
import { fail } from './command-error.ts'
import type { GlobalOptions } from './global-options.ts'
import type { Host } from './host.ts'

export interface PassphrasePrompt {
  readonly label: string
  /** A new passphrase is asked for twice. */
  readonly isNew?: boolean
}

const CTRL_C = '\u0003'
const CTRL_D = '\u0004'
const ERASE = new Set(['\b', '\u007f'])

/** One line from the terminal; nothing of it is shown when it is secret. */
const readLine = (host: Host, label: string, isSecret: boolean): Promise<string> =>
  new Promise((resolve, reject) => {
    const { stdin, stderr } = host
    let typed = ''
    stderr.write(label)
    stdin.setRawMode?.(true)
    const finish = (end: () => void) => {
      stdin.setRawMode?.(false)
      stdin.removeListener('data', read)
      stdin.pause()
      stderr.write('\n')
      end()
    }
    const read = (chunk: Buffer | string) => {
      for (const character of chunk.toString()) {
        if (character === '\r' || character === '\n') return finish(() => resolve(typed))
        if (character === CTRL_C || character === CTRL_D) {
          return finish(() => reject(new Interrupted()))
        }
        if (ERASE.has(character)) {
          if (!isSecret && typed !== '') stderr.write('\b \b')
          typed = [...typed].slice(0, -1).join('')
        } else {
          typed += character
          if (!isSecret) stderr.write(character)
        }
      }
    }
    stdin.on('data', read)
    stdin.resume()
  })

/** The person gave up; the command ends without another word. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

const fromTerminal = async (host: Host, { label, isNew }: PassphrasePrompt): Promise<string> => {
  const typed = await readLine(host, `${label}: `, true)
  if (typed === '') return fail('passphrase.empty', 'The passphrase is empty.')
  if (!isNew) return typed
  const again = await readLine(host, `${label} again: `, true)
  return again === typed
    ? typed
    : fail('passphrase.differs', 'The two passphrases differ; nothing was changed.')
}

/** The passphrase from the file that was named, the environment, or a hidden prompt, in this order. */
export const readPassphrase = async (
  host: Host,
  options: GlobalOptions,
  prompt: PassphrasePrompt,
): Promise<string> => {
  if (options.passphraseFile !== undefined) {
    const content = await readFile(options.passphraseFile, 'utf8')
    const passphrase = content.replace(/\r?\n$/, '')
    return passphrase !== '' ? passphrase : fail('passphrase.empty', 'The passphrase file is empty.')
  }
  const given = host.env['MEDCHAIN_PASSPHRASE']
  if (given) return given
  if (host.stdin.isTTY && host.stderr.isTTY) return fromTerminal(host, prompt)
  return fail('passphrase.missing', 'A passphrase is needed, and there is no terminal to ask for it.')
}

export const askYesNo = async (host: Host, question: string): Promise<boolean> =>
  /^y(es)?$/i.test((await readLine(host, `${question} [y/N] `, false)).trim())

export const readVisibleLine = (host: Host, label: string): Promise<string> =>
  readLine(host, `${label}: `, false)
