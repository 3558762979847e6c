import type { Member } from '../../client/api-types.ts'
import { tableText } from '../../format/table.ts'
import type { CommandAction } from '../command-spec.ts'

/** The institutions of the network. */
export const listMembers: CommandAction = async (context) => {
  const client = await context.client()
  const { members } = await client.get<{ members: Member[] }>('/v1/members')
  const rows = members.map((member) => [
    member.name,
    member.role,
    member.status,
    member.isValidator ? 'votes' : 'observes',
    member.did,
  ])
  return {
    json: { members: members.map((member) => ({ ...member })) },
    text: tableText(['Institution', 'Role', 'Status', 'Part', 'DID'], rows),
  }
}
