import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { base32FromBytes, didFromAccountId, type Genesis, institutionIdOf, networkIdOf } from '@medchain/core'
import { createGenesis, fingerprintOf, parseMember, readGenesisFile, writeGenesisFile } from '@medchain/node'
import { fail, valueOrFail } from '../../command-error.ts'
import { tableText } from '../../format/table.ts'
import { type CommandAction, type CommandResult, listOption, textOption } from '../command-spec.ts'

const described = (file: string, genesis: Genesis, next: string): CommandResult => {
  const networkId = networkIdOf(genesis)
  const fingerprint = fingerprintOf(networkId)
  const members = genesis.members.map((member) => ({
    name: member.name,
    role: member.role,
    did: didFromAccountId(institutionIdOf(member)),
    isValidator: member.isValidator,
  }))
  const rows = members.map(({ name, role, isValidator, did }) => [
    name,
    role,
    isValidator ? 'votes' : 'observes',
    did,
  ])
  return {
    json: { file: path.resolve(file), networkId: base32FromBytes(networkId), fingerprint, members },
    text: `${tableText(['Institution', 'Role', 'Part', 'DID'], rows)}

Fingerprint: ${fingerprint}
${next}`,
  }
}

/** What a founding document says, before anything starts on it. */
const checkGenesis = async (file: string): Promise<CommandResult> =>
  described(
    file,
    valueOrFail(await readGenesisFile(file)),
    'Compare the fingerprint by telephone with those of the other members, and look whether your own DID is in the list.',
  )

/** Puts the founding document of a network together from its members' files, or shows one that was received. */
export const writeGenesis: CommandAction = async ({ host }, input) => {
  const received = textOption(input, 'check')
  if (received !== undefined) return checkGenesis(received)
  const files = listOption(input, 'member')
  const out = textOption(input, 'out') ?? fail('usage.missing-option', '--out FILE is needed.')
  if (files.length === 0)
    return fail('usage.missing-option', '--member FILE is needed, once for each institution.')
  const members = await Promise.all(
    files.map(async (file) => valueOrFail(parseMember(await readFile(file, 'utf8'), file))),
  )
  const name = textOption(input, 'name') ?? path.basename(out, path.extname(out))
  const genesis = valueOrFail(createGenesis(members, { name, timeMs: host.now() }))
  valueOrFail(await writeGenesisFile(out, genesis))
  return described(
    out,
    genesis,
    `Send ${out} to every member; each compares the fingerprint by telephone and starts its node.`,
  )
}
