import { didFromAccountId, type GovernanceAction, institutionIdOf } from '@medchain/core'
import type { JsonValue } from '../command-spec.ts'

/** Public names of institutions by DID. */
export type MemberNames = ReadonlyMap<string, string>

const nameOf = (id: Uint8Array, names: MemberNames): string => {
  const did = didFromAccountId(id)
  return names.get(did) || did
}

/** A change in a few words: `add East Hospital as a validator`. */
export const actionText = (action: GovernanceAction, names: MemberNames): string => {
  if (action.type === 'add')
    return `add ${action.member.name} as ${action.member.isValidator ? 'a validator' : 'an observer'}`
  if (action.type === 'remove') {
    const name = nameOf(action.institution, names)
    return action.keepsAccount ? `take the vote from ${name}, which stays as an observer` : `remove ${name}`
  }
  if (action.type === 'protocol')
    return `protocol version ${action.version} from height ${action.fromHeight} on`
  const { blockIntervalMs, heartbeatMs, blockBytesMax, blockTransactionsMax } = action.parameters
  return (
    `a block every ${blockIntervalMs} ms at most, a heartbeat every ${heartbeatMs} ms, ` +
    `blocks of up to ${blockBytesMax} bytes and ${blockTransactionsMax} transactions`
  )
}

export const actionJson = (action: GovernanceAction): { readonly [key: string]: JsonValue } => {
  if (action.type === 'add') {
    const { name, role, isValidator, addresses } = action.member
    const did = didFromAccountId(institutionIdOf(action.member))
    return { type: 'add', member: { did, name, role, isValidator, addresses } }
  }
  if (action.type === 'remove') {
    const { institution, keepsAccount } = action
    return { type: 'remove', member: didFromAccountId(institution), keepsAccount }
  }
  if (action.type === 'parameters') return { type: 'params', parameters: { ...action.parameters } }
  return { type: 'protocol', version: action.version, fromHeight: action.fromHeight }
}
