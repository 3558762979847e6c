import path from 'node:path'
import { fail } from './command-error.ts'
import type { Host } from './host.ts'
import type { OptionSpec, OptionValues } from './option-spec.ts'

/** Options that every command understands. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  ['--as <name>', 'which local identity acts (MEDCHAIN_AS; default the only one)'],
  ['--json', 'one JSON document on standard output'],
  ['--limit <n>', 'entries of a list to show at most'],
  ['--cursor <cursor>', 'where the list before this one ended'],
  ['--yes', 'answer yes to every question'],
  ['--quiet', 'no notes, no progress'],
  ['--no-wait', 'do not wait until the chain has committed'],
  [
    '--node <url>',
    'node to talk to (MEDCHAIN_NODE; default the connected one, the one of this home, or http://127.0.0.1:7740)',
  ],
  ['--home <dir>', 'folder of this machine’s keys and node (MEDCHAIN_HOME; default ~/.medchain)'],
  ['--passphrase-file <file>', 'file with the passphrase of the keystore (else MEDCHAIN_PASSPHRASE)'],
  ['--no-color', 'no colours'],
  ['--no-verify', 'believe the node without proof; for looking at a broken network, never for deciding'],
]

export interface GlobalOptions {
  readonly home: string
  /** Whether command line or environment named the home. */
  readonly isHomeNamed: boolean
  /** Undefined when neither the command line nor the environment names one. */
  readonly nodeUrl: string | undefined
  readonly identity: string | undefined
  readonly passphraseFile: string | undefined
  readonly isJson: boolean
  readonly isQuiet: boolean
  readonly hasColor: boolean
  readonly assumeYes: boolean
  readonly wait: boolean
  /** Whether what the node says of the chain must be proven. */
  readonly verify: boolean
  readonly limit: number | undefined
  readonly cursor: string | undefined
}

const textOf = (value: OptionValues[string]): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

const limitOf = (value: string | undefined): number | undefined => {
  if (value === undefined) return undefined
  const limit = /^\d{1,6}$/.test(value) ? Number(value) : 0
  return limit > 0 ? limit : fail('usage.limit', '--limit is a whole number above zero.')
}

const isColorful = (host: Host, values: OptionValues): boolean =>
  values['color'] !== false && !host.env['NO_COLOR'] && host.stdout.isTTY === true

export const readGlobalOptions = (host: Host, values: OptionValues): GlobalOptions => ({
  home: path.resolve(
    textOf(values['home']) ?? (host.env['MEDCHAIN_HOME'] || path.join(host.homeFolder, '.medchain')),
  ),
  isHomeNamed: Boolean(textOf(values['home']) ?? host.env['MEDCHAIN_HOME']),
  nodeUrl: textOf(values['node']) ?? (host.env['MEDCHAIN_NODE'] || undefined),
  identity: textOf(values['as']) ?? (host.env['MEDCHAIN_AS'] || undefined),
  passphraseFile: textOf(values['passphraseFile']),
  isJson: values['json'] === true,
  isQuiet: values['quiet'] === true,
  hasColor: isColorful(host, values),
  assumeYes: values['yes'] === true,
  wait: values['wait'] !== false,
  verify: values['verify'] !== false,
  limit: limitOf(textOf(values['limit'])),
  cursor: textOf(values['cursor']),
})
