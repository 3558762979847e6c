import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { base32FromBytes, didFromAccountId, institutionIdOf, networkIdOf } from '@medchain/core'
import { createGenesis, fingerprintOf, parseMember, writeGenesisFile } from '@medchain/node'
import { fail, valueOrFail } from '../../command-error.ts'
import { tableText } from '../../format/table.ts'
import { type CommandAction, listOption, textOption } from '../command-spec.ts'

/** Puts the founding document of a network together from its members' files. */
export const writeGenesis: CommandAction = async ({ host }, input) => {
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
  const networkId = networkIdOf(genesis)
  const fingerprint = fingerprintOf(networkId)
  const listed = members.map((member) => ({
    name: member.name,
    role: member.role,
    did: didFromAccountId(institutionIdOf(member)),
    isValidator: member.isValidator,
  }))
  const rows = listed.map((member) => [
    member.name,
    member.role,
    member.isValidator ? 'votes' : 'observes',
    member.did,
  ])
  return {
    json: { file: path.resolve(out), networkId: base32FromBytes(networkId), fingerprint, members: listed },
    text: `${tableText(['Institution', 'Role', 'Part', 'DID'], rows)}

Fingerprint: ${fingerprint}
Send ${out} to every member; each compares the fingerprint by telephone and starts its node.`,
  }
}
