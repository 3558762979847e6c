import path from 'node:path'
import {
  examinePrivateHome,
  type Finding,
  findPassphrase,
  type NodeConfig,
  nodePaths,
  readNodeKeys,
} from '@medchain/node'
import { readJson, sendRequest } from '../../client/http.ts'
import type { CommandContext } from '../../command-context.ts'
import { CommandError, valueOrFail } from '../../command-error.ts'

const EXAMINATION_TIMEOUT_MS = 30 * 60 * 1000

export interface PrivateExamination {
  readonly findings: readonly Finding[]
  /** Erasures that the node has not destroyed or not signed for; known of a running one. */
  readonly owed?: readonly string[]
  /** Why vault and audit log could not be examined. */
  readonly remark?: string
}

/** The storage key needs the passphrase: given, in the file that node.json names, or typed. */
const passphraseOf = async (context: CommandContext, config: NodeConfig): Promise<string | undefined> => {
  const { host, options, isInteractive } = context
  if (options.passphraseFile !== undefined)
    return context.passphrase({ label: 'Passphrase of the node’s keys' })
  const file = config.passphraseFile && path.resolve(options.home, config.passphraseFile)
  const found = await findPassphrase(file, { ...host.env })
  if (found.ok) return found.value
  return isInteractive ? context.passphrase({ label: 'Passphrase of the node’s keys' }) : undefined
}

const examineStopped = async (context: CommandContext, config: NodeConfig): Promise<PrivateExamination> => {
  const passphrase = await passphraseOf(context, config)
  if (passphrase === undefined) {
    const remark = 'Vault and audit log were not checked: that needs the passphrase of the node’s keys.'
    return { findings: [], remark }
  }
  const paths = nodePaths(context.options.home)
  const keys = valueOrFail(await readNodeKeys(paths, passphrase))
  const findings: Finding[] = []
  for await (const finding of examinePrivateHome(paths, keys.storageKey)) findings.push(finding)
  return { findings }
}

const examineRunning = async (apiUrl: string): Promise<PrivateExamination> => {
  const url = `${apiUrl}/v1/doctor`
  try {
    const response = await sendRequest(url, { method: 'POST', timeoutMs: EXAMINATION_TIMEOUT_MS })
    return await readJson<{ findings: Finding[]; owed: string[] }>(url, response)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return { findings: [], remark: `Vault and audit log were not checked: ${error.message}` }
  }
}

/** What is damaged in vault and audit log; asked of the daemon when it runs, for it alone writes there. */
export const examinePrivateSide = (
  context: CommandContext,
  config: NodeConfig,
  runningAt: string | undefined,
): Promise<PrivateExamination> =>
  runningAt === undefined ? examineStopped(context, config) : examineRunning(runningAt)
