import path from 'node:path'
import { base32FromBytes, networkIdOf } from '@medchain/core'
import { createLocalNetwork } from '@medchain/node'
import { fail, valueOrFail } from '../../command-error.ts'
import { tableText } from '../../format/table.ts'
import { type CommandAction, type CommandInput, textOption } from '../command-spec.ts'

export const DEFAULT_BASE_PORT = 7740
const PORT_MAX = 65_000

const wholeNumber = (input: CommandInput, name: string, fallback: number): number => {
  const text = textOption(input, name)
  if (text === undefined) return fallback
  return /^\d{1,5}$/.test(text) ? Number(text) : fail('usage.number', `“${text}” is not a whole number.`)
}

export const requiredFolder = (input: CommandInput): string => {
  const dir = textOption(input, 'dir')
  return dir === undefined ? fail('usage.missing-option', '--dir DIR is needed.') : path.resolve(dir)
}

/** Makes a whole consortium on this machine, ready to start. */
export const makeLocalNetwork: CommandAction = async (context, input) => {
  const dir = requiredFolder(input)
  const validators = wholeNumber(input, 'validators', 4)
  const basePort = wholeNumber(input, 'basePort', DEFAULT_BASE_PORT)
  if (basePort < 1 || basePort > PORT_MAX) return fail('usage.number', '--base-port is from 1 to 65000.')
  const progress = await context.progress('Making keys and homes')
  const made = await createLocalNetwork({ dir, validators, basePort }).finally(progress.stop)
  const { genesis, genesisFile, fingerprint, nodes } = valueOrFail(made)
  const rows = nodes.map(({ name, role, apiUrl, home }) => [name, role, apiUrl, home])
  return {
    json: {
      dir,
      genesis: genesisFile,
      networkId: base32FromBytes(networkIdOf(genesis)),
      fingerprint,
      nodes: nodes.map((node) => ({ ...node })),
    },
    text: `${tableText(['Institution', 'Role', 'API', 'Home'], rows)}

Fingerprint: ${fingerprint}
Start it with: medchain network up --dir ${dir} --detach`,
  }
}
