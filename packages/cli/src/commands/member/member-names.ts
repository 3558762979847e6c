import type { NodeClient } from '../../client/node-client.ts'
import { provenMembers } from '../../client/proven-members.ts'
import { fail } from '../../command-error.ts'
import { idOfDid } from '../../reading/chain-facts.ts'
import type { MemberNames } from './describe-action.ts'

type Asked = Pick<NodeClient, 'get' | 'networkId'>

export const memberNames = async (client: Asked): Promise<MemberNames> =>
  new Map((await provenMembers(client)).map(({ did, name }) => [did, name]))

/** The institution of a DID or of a public name that one alone has. `governance.unknown-member`, `usage.member`. */
export const findMember = async (client: Asked, typed: string): Promise<Uint8Array> => {
  const found = (await provenMembers(client)).filter(({ did, name }) => did === typed || name === typed)
  if (found.length > 1)
    return fail('usage.member', `Several institutions are named “${typed}”; give the DID.`)
  const [member] = found
  return member
    ? idOfDid(member.did)
    : fail(
        'governance.unknown-member',
        `No institution of the network is “${typed}”.`,
        'medchain member list names them.',
      )
}
