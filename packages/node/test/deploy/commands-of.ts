import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { root } from './project-files.ts'

export interface WrittenCommand {
  /** As it stands in the text, for messages. */
  readonly line: string
  /** First words up to an option, a placeholder or a value. */
  readonly words: readonly string[]
  readonly flags: readonly string[]
}

const BIN = path.join(root, 'packages/cli/src/bin.ts')
const COMMAND = /(?<=^|[\s`"])(?:npx )?medchain (?=[a-z])([^`|>#;&\n]*)/gm

/** Every `medchain …` of a text: in code blocks, comments and prose. */
export const commandsOf = (text: string): WrittenCommand[] =>
  [...text.matchAll(COMMAND)].map(([line, rest = '']) => {
    const parts = rest.trim().split(/\s+/)
    const end = parts.findIndex((part) => !/^[a-z-]+$/.test(part) || part.startsWith('-'))
    return {
      line: line.trim(),
      words: (end < 0 ? parts : parts.slice(0, end)).slice(0, 3),
      flags: parts.filter((part) => part.startsWith('--')).map((part) => part.replace(/[=.,].*$/, '')),
    }
  })

/** Runs the program from its source. */
export const runMedchain = async (args: readonly string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--conditions=medchain-source', BIN, ...args],
    { env: { PATH: process.env['PATH'] } },
  )
  return stdout
}

const helps = new Map<string, Promise<string>>()

const helpOf = (words: readonly string[]): Promise<string> => {
  const name = words.join(' ')
  const known = helps.get(name) ?? runMedchain([...words, '--help'])
  helps.set(name, known)
  return known
}

/** What the program does not know of a command as it is written; empty when it knows all of it. */
export const faultsOf = async ({ line, words, flags }: WrittenCommand): Promise<string[]> => {
  const help = await helpOf(words)
  const usage = help.split('\n', 1)[0] ?? ''
  const begins = (count: number): boolean =>
    usage.startsWith(`Usage: medchain ${words.slice(0, count).join(' ')} [`)
  const isCommand = words.some((_, index) => begins(index + 1)) && !usage.includes('[command]')
  const isKnown = begins(words.length) || isCommand
  if (!isKnown) return [`no such command: ${line}`]
  const options = new Set(help.match(/--[a-z][a-z0-9-]*/g))
  return flags.filter((flag) => !options.has(flag)).map((flag) => `no such option, ${flag}: ${line}`)
}
