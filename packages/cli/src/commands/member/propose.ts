import { readFile } from 'node:fs/promises'
import {
  approvalsNeeded,
  type GovernanceAction,
  NETWORK_RULES,
  type NetworkParameters,
  parameters as parametersTable,
  proposeChange,
} from '@medchain/core'
import { parseMember } from '@medchain/node'
import { provenSetSize } from '../../client/proven-proposals.ts'
import { readState } from '../../client/proven-state.ts'
import type { CommandContext } from '../../command-context.ts'
import { fail, valueOrFail } from '../../command-error.ts'
import {
  type CommandAction,
  type CommandInput,
  type CommandResult,
  isSet,
  textOption,
} from '../command-spec.ts'
import { summaryOf } from '../transaction-summary.ts'
import { actionJson, actionText } from './describe-action.ts'
import { type InstitutionSession, openInstitution } from './institution-session.ts'
import { findMember, memberNames } from './member-names.ts'

const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined

const propose = async (
  { client, send }: InstitutionSession,
  action: GovernanceAction,
): Promise<CommandResult> => {
  const transaction = await send(proposeChange, { action })
  const [names, size] = await Promise.all([memberNames(client), provenSetSize(client)])
  const needed = approvalsNeeded(size)
  const { txId } = transaction
  return {
    json: { proposal: txId, action: actionJson(action), needed, ...summaryOf([transaction]) },
    text: `Put to the vote: ${actionText(action, names)}.
${txId}

It needs ${needed} of ${size} validators within 24 hours; this institution approves of it.
The others: medchain member vote ${txId} --approve`,
  }
}

/** The change is made up before the keys are asked for: a mistake costs no passphrase. */
const proposing =
  (prepare: (context: CommandContext, input: CommandInput) => Promise<GovernanceAction>): CommandAction =>
  async (context, input) => {
    const action = await prepare(context, input)
    return propose(await openInstitution(context), action)
  }

/** Puts the admission of an institution to the vote. */
export const proposeAdd = proposing(async (_context, input) => {
  const [file = ''] = input.args
  const member = valueOrFail(parseMember(await readFile(file, 'utf8'), file))
  return { type: 'add', member: isSet(input, 'observer') ? { ...member, isValidator: false } : member }
})

/** Puts the removal of an institution to the vote, or that of its vote. */
export const proposeRemove = proposing(async (context, input) => ({
  type: 'remove',
  institution: await findMember(await context.client(), input.args[0] ?? ''),
  keepsAccount: isSet(input, 'keepAccount'),
}))

const PARAMETERS: readonly (keyof NetworkParameters)[] = [
  'blockIntervalMs',
  'heartbeatMs',
  'blockBytesMax',
  'blockTransactionsMax',
]

const flagOf = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

const parametersFrom = (input: CommandInput): Partial<NetworkParameters> => {
  const given = PARAMETERS.filter((name) => textOption(input, name) !== undefined)
  if (given.length === 0)
    return fail('usage.missing-option', `One of ${PARAMETERS.map(flagOf).join(', ')} is needed.`)
  const entries = given.map((name) => [
    name,
    wholeNumber(textOption(input, name)) ?? fail('usage.number', `${flagOf(name)} is a whole number.`),
  ])
  return Object.fromEntries(entries)
}

/** Puts other parameters to the vote; those not named stay as they are. */
export const proposeParameters = proposing(async (context, input) => {
  const changed = parametersFrom(input)
  const client = await context.client()
  const present = await readState(client, parametersTable.schema, parametersTable.keyOf())
  if (!present) return fail('proof.false', 'The node proves a network without parameters.')
  return { type: 'parameters', parameters: { ...present, ...changed } }
})

/** Puts the next version of the rules to the vote. */
export const proposeProtocol = proposing(async (context, input) => {
  const version = wholeNumber(input.args[0]) ?? fail('usage.number', 'VERSION is a whole number.')
  const fromHeight =
    wholeNumber(textOption(input, 'atHeight')) ??
    fail('usage.missing-option', '--at-height N is needed: the first block under the new version.')
  const { height } = await (await context.client()).status()
  if (fromHeight <= height)
    return fail('usage.height', `The network is at height ${height} already; choose a later one.`)
  if (!NETWORK_RULES.supportedVersions.includes(version))
    context.warn(
      `This program does not know protocol version ${version}: if the vote passes, a node that runs it ends before height ${fromHeight}.`,
    )
  return { type: 'protocol', version, fromHeight }
})
