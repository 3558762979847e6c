import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { didFromAccountId, INSTITUTION_ROLES, type InstitutionRole, institutionIdOf } from '@medchain/core'
import { initNodeHome } from '@medchain/node'
import { fail, valueOrFail } from '../../command-error.ts'
import { factsText } from '../../format/table.ts'
import { type CommandAction, isSet, listOption, textOption } from '../command-spec.ts'

const DEFAULT_LISTEN = '/ip4/0.0.0.0/tcp/7840'
/** Every address of this machine, which is none that another could dial. */
const UNROUTABLE = /^\/(ip4\/0\.0\.0\.0|ip6\/::)\//
const DEFAULT_API = '127.0.0.1:7740'

const roleOf = (typed: string | undefined): InstitutionRole =>
  INSTITUTION_ROLES.find((role) => role === typed) ??
  fail('usage.role', `--role is one of ${INSTITUTION_ROLES.join(', ')}.`)

/** Makes the home of a node. */
export const initNode: CommandAction = async (context, input) => {
  const { home } = context.options
  const name = textOption(input, 'name') ?? fail('usage.missing-option', '--name is needed.')
  const role = roleOf(textOption(input, 'role'))
  const listen = listOption(input, 'listen')
  const announce = listOption(input, 'announce')
  const passphrase = await context.passphrase({ label: 'Passphrase of the node’s keys', isNew: true })
  const { passphraseFile } = context.options
  const made = await initNodeHome({
    home,
    name,
    role,
    passphrase,
    listen: listen.length > 0 ? listen : [DEFAULT_LISTEN],
    ...(announce.length > 0 && { announce }),
    api: textOption(input, 'api') ?? DEFAULT_API,
    isValidator: !isSet(input, 'observer'),
    ...(passphraseFile !== undefined && { settings: { passphraseFile: path.resolve(passphraseFile) } }),
  })
  const { member, memberFile } = valueOrFail(made)
  if (member.addresses.some((address) => UNROUTABLE.test(address))) {
    context.warn(
      `The others cannot dial ${member.addresses.join(', ')}: with --announce the member file gets an address of yours.`,
    )
  }
  const file = path.join(home, 'member.json')
  await writeFile(file, memberFile)
  const did = didFromAccountId(institutionIdOf(member))
  const config = path.join(home, 'node.json')
  return {
    json: { home, name, role, did, memberFile: file, config },
    text: `${factsText([
      ['Institution', name],
      ['DID', did],
      ['Configuration', config],
      ['For the others', file],
    ])}

Hand ${file} to whoever runs medchain node genesis, or, where the network is there already, to a member that
proposes you with medchain member propose add.`,
  }
}
