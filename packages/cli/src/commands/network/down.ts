import { tableText } from '../../format/table.ts'
import type { CommandAction } from '../command-spec.ts'
import { stopDaemon } from '../node/node-process.ts'
import { requiredFolder } from './local.ts'
import { findLocalHomes } from './local-homes.ts'

/** Stops every daemon of a folder. */
export const takeNetworkDown: CommandAction = async (_context, input) => {
  const homes = await findLocalHomes(requiredFolder(input))
  const nodes = await Promise.all(
    homes.map(async ({ name, home }) => ({ name, outcome: await stopDaemon(home) })),
  )
  const rows = nodes.map(({ name, outcome }) => [name, outcome.replace('-', ' ')])
  return { json: { nodes }, text: tableText(['Institution', 'Daemon'], rows) }
}
