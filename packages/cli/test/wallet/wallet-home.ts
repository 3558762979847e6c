import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { drawPassphrase } from '@medchain/node'
import { type CommandRun, type CommandSurroundings, runCommand } from '../run-command.ts'

export interface WalletHome {
  readonly folder: string
  readonly run: (argv: readonly string[], surroundings?: CommandSurroundings) => Promise<CommandRun>
  /** The JSON document of a command that succeeds. */
  readonly ask: <T>(argv: readonly string[], surroundings?: CommandSurroundings) => Promise<T>
  readonly remove: () => Promise<void>
}

const PASSPHRASE = drawPassphrase()

/** A home of its own, where no node answers and the passphrase is known. */
export const createWalletHome = async (env: Readonly<Record<string, string>> = {}): Promise<WalletHome> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'medchain-wallet-'))
  const given = {
    MEDCHAIN_HOME: folder,
    MEDCHAIN_NODE: 'http://127.0.0.1:9',
    MEDCHAIN_PASSPHRASE: PASSPHRASE,
    ...env,
  }
  const run: WalletHome['run'] = (argv, surroundings = {}) =>
    runCommand(argv, { ...surroundings, env: { ...given, ...surroundings.env } })
  return {
    folder,
    run,
    ask: async <T>(argv: readonly string[], surroundings?: CommandSurroundings) => {
      const { exitCode, out, err } = await run([...argv, '--json'], surroundings)
      if (exitCode !== 0) throw new Error(`medchain ${argv.join(' ')} ended with ${exitCode}: ${out}${err}`)
      return JSON.parse(out) as T
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
