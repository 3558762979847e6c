import { readNodeConfig, startDaemon } from '@medchain/node'
import type { CommandContext } from '../../command-context.ts'
import { fail, valueOrFail } from '../../command-error.ts'
import { type CommandAction, listOption, textOption } from '../command-spec.ts'
import { runningPid } from './node-process.ts'

/** The passphrase given on the command line or typed; undefined leaves it to the file that node.json names. */
const givenPassphrase = async (context: CommandContext): Promise<string | undefined> => {
  const { host, options } = context
  const isGiven = options.passphraseFile !== undefined || Boolean(host.env['MEDCHAIN_PASSPHRASE'])
  if (isGiven) return context.passphrase({ label: 'Passphrase of the node’s keys' })
  const config = valueOrFail(await readNodeConfig(options.home, host.env))
  return config.passphraseFile === undefined && context.isInteractive
    ? context.passphrase({ label: 'Passphrase of the node’s keys' })
    : undefined
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
      settings: { ...(listen.length > 0 && { listen }), ...(api !== undefined && { api }) },
      environment: context.host.env,
    }),
  )
  const refusal = await daemon.ended
  return refusal === undefined ? undefined : fail(refusal.code, refusal.message)
}
