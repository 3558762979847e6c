import { destroyVault, nodePaths, readNodeConfig } from '@medchain/node'
import { fail, valueOrFail } from '../../command-error.ts'
import type { CommandAction } from '../command-spec.ts'
import { runningPid } from './node-process.ts'

/** Destroys what this institution keeps of patients, once it has left the network. */
export const retireNode: CommandAction = async (context) => {
  const { home } = context.options
  valueOrFail(await readNodeConfig(home, context.host.env))
  if ((await runningPid(home)) !== undefined)
    return fail('node.running', 'The node runs; it has to be stopped first.', 'medchain node stop ends it.')
  const isSure = await context.confirm('Destroy the vault of this node: records, keys and index, for good?')
  if (!isSure)
    return fail(
      'usage.unconfirmed',
      'Nothing was destroyed.',
      '--yes says that the vault is to be destroyed for good.',
    )
  const progress = await context.progress('Destroying')
  const files = await destroyVault(nodePaths(home).vault).finally(progress.stop)
  return {
    json: { home, files },
    text:
      `The vault of this node is destroyed: ${files} files.\n` +
      'Backups of this home still hold it: delete them. Nobody can prove that no copy is left.',
  }
}
