import { readNodeConfig, startDaemon } from '@medchain/node'
import type { CommandContext } from '../../command-context.ts'
import { fail, valueOrFail } from '../../command-error.ts'
import { type CommandAction, isSet, listOption, textOption } from '../command-spec.ts'
import { runningPid } from './node-process.ts'

/**
 * The passphrase given on the command line; else undefined where node.json names a file, so that a person's
 * own `MEDCHAIN_PASSPHRASE` is not taken for the node's; else from the environment, or typed.
 */
const givenPassphrase = async (context: CommandContext): Promise<string | undefined> => {
  const { host, options } = context
  const label = 'Passphrase of the node’s keys'
  if (options.passphraseFile !== undefined) return context.passphrase({ label })
  const config = valueOrFail(await readNodeConfig(options.home, host.env))
  if (config.passphraseFile !== undefined) return undefined
  const canGive = Boolean(host.env['MEDCHAIN_PASSPHRASE']) || context.isInteractive
  return canGive ? context.passphrase({ label }) : undefined
}

/** Runs the daemon of this home until it is stopped. */
export const startNode: CommandAction = async (context, input) => {
  const { home } = context.options
  const pid = await runningPid(home)
  if (pid !== undefined && pid !== process.pid) {
    return fail(
      'node.running',
      `A daemon runs on this home already (process ${pid}).`,
      'medchain node stop ends it.',
    )
  }
  const listen = listOption(input, 'listen')
  const api = textOption(input, 'api')
  const genesisPath = textOption(input, 'genesis')
  const passphrase = await givenPassphrase(context)
  const daemon = valueOrFail(
    await startDaemon({
      home,
      ...(genesisPath !== undefined && { genesisPath }),
      ...(passphrase !== undefined && { passphrase }),
      ...(isSet(input, 'snapshot') && { fromSnapshot: true }),
      settings: { ...(listen.length > 0 && { listen }), ...(api !== undefined && { api }) },
      environment: context.host.env,
    }),
  )
  const refusal = await daemon.ended
  return refusal === undefined ? undefined : fail(refusal.code, refusal.message)
}
