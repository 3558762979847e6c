import { InvariantError } from '@medchain/core'
import { CommandError } from './command-error.ts'
import { EXIT, type ExitCode, exitCodeOf } from './exit-code.ts'
import { printable } from './format/printable.ts'
import { hintOf } from './hints.ts'
import type { Host } from './host.ts'

const SYSTEM: Readonly<Record<string, (error: NodeJS.ErrnoException) => CommandError>> = {
  ENOENT: ({ path }) => new CommandError('file.not-found', `There is no ${path ?? 'such file'}.`),
  EACCES: ({ path }) =>
    new CommandError('file.denied', `Reading or writing ${path ?? 'a file'} is not permitted.`),
  EISDIR: ({ path }) => new CommandError('file.folder', `${path ?? 'The path'} is a folder, not a file.`),
  ENOTDIR: ({ path }) => new CommandError('file.not-folder', `${path ?? 'The path'} is not a folder.`),
  ENOSPC: () => new CommandError('file.disk-full', 'The disk is full.'),
  EADDRINUSE: () => new CommandError('network.port-taken', 'The port is taken by another process.'),
}

const asCommandError = (error: unknown): CommandError => {
  if (error instanceof CommandError) return error
  const system = error instanceof Error && SYSTEM[(error as NodeJS.ErrnoException).code ?? '']
  if (system) return system(error)
  const what = error instanceof Error ? error.message : String(error)
  const sentence =
    error instanceof InvariantError ? 'A rule of MedChain’s own is broken' : 'Something unforeseen happened'
  return new CommandError(
    'internal',
    `${sentence}: ${what}`,
    'Run it again with MEDCHAIN_DEBUG=1 and report what it prints.',
  )
}

const sentenceOf = (message: string): string => {
  const line = printable(message.replace(/\s+/g, ' ').trim())
  return /[.!?…)]$/.test(line) ? line : `${line}.`
}

/** Prints one error in the form the caller asked for; its exit code. `command` is the one that ran, if one did. */
export const reportError = (host: Host, error: unknown, isJson: boolean, command?: string): ExitCode => {
  const { code, message, hint = hintOf(code, command), stack } = asCommandError(error)
  if (host.env['MEDCHAIN_DEBUG'] === '1') {
    host.stderr.write(`${error instanceof Error ? error.stack : stack}\n`)
  }
  if (isJson) {
    const body = { error: { code, message: sentenceOf(message), hint: hint ?? null } }
    host.stdout.write(`${JSON.stringify(body)}\n`)
  } else {
    host.stderr.write(`${sentenceOf(message)} [${code}]\n${hint === undefined ? '' : `${hint}\n`}`)
  }
  return code === 'internal' ? EXIT.failed : exitCodeOf(code)
}
