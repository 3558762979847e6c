import type { Member } from '../../client/api-types.ts'
import { describedMembers } from '../../client/described-members.ts'
import { tableText } from '../../format/table.ts'
import { rfc3339 } from '../../format/time.ts'
import type { CommandAction } from '../command-spec.ts'

const changeOf = ({ pendingChange }: Member): string | undefined => {
  if (!pendingChange) return undefined
  const { type, effectiveHeight, lapsesHeight } = pendingChange
  if (type === 'candidate') return `until height ${lapsesHeight}`
  return type === 'join' ? `votes from height ${effectiveHeight}` : `leaves at height ${effectiveHeight}`
}

const PARTS: Readonly<Record<string, string>> = { validator: 'votes', observer: 'observes' }

const partOf = (member: Member): string => {
  const { part, isMissing, skippedUntilMs } = member
  const missing = isMissing ? 'missing' : undefined
  const skipped = skippedUntilMs === null ? undefined : `passed over until ${rfc3339(skippedUntilMs)}`
  return [PARTS[part] ?? part, missing, skipped, changeOf(member)].filter(Boolean).join(', ')
}

const evidenceOf = ({ evidence: { count, lastMs } }: Member): string =>
  lastMs === null ? '' : `${count}, last ${rfc3339(lastMs)}`

/** The institutions of the network, how they take part, and what is said against them. */
export const listMembers: CommandAction = async (context) => {
  const members = await describedMembers(await context.client())
  const isAccused = members.some(({ evidence }) => evidence.count > 0)
  const rows = members.map((member) => [
    member.name,
    member.role,
    member.status,
    partOf(member),
    ...(isAccused ? [evidenceOf(member)] : []),
    member.did,
  ])
  const columns = ['Institution', 'Role', 'Status', 'Part', ...(isAccused ? ['Evidence'] : []), 'DID']
  const asJson = (member: Member) => ({
    ...member,
    skippedUntil: member.skippedUntilMs === null ? null : rfc3339(member.skippedUntilMs),
  })
  return {
    json: { members: members.map(asJson) },
    text: tableText(columns, rows, undefined, context.columns),
  }
}
