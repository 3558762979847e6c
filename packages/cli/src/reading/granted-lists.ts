import { agentScopes, base32FromBytes, didFromAccountId } from '@medchain/core'
import type { GrantInfo } from '../client/api-types.ts'
import { CommandError } from '../command-error.ts'
import type { Acting } from './acting.ts'

const isInForce = (grant: GrantInfo | undefined, timeMs: number): boolean =>
  grant !== undefined &&
  grant.mode !== 'write' &&
  grant.revokedHeight === null &&
  grant.fromMs <= timeMs &&
  timeMs < grant.untilMs

/** Records that one grant lists, and the purposes that it serves. */
export interface GrantedList {
  readonly recordIds: readonly Uint8Array[]
  readonly purposes: readonly string[]
  /** Whether the grant is in force, as far as this machine can say. */
  readonly holds: boolean
}

/**
 * Lists with those of grants in force at the end: of two that list a record the proof of the one that holds is
 * to be shown. Which one holds, the legs decide.
 */
export const inForceLast = <T extends { readonly grantId: Uint8Array }>(
  lists: readonly T[],
  told: readonly GrantInfo[],
  timeMs: number,
): readonly (T & Pick<GrantedList, 'purposes' | 'holds'>)[] => {
  const known = new Map(told.map((grant) => [grant.grantId, grant]))
  const ranked = lists.map((list) => ({ list, grant: known.get(base32FromBytes(list.grantId)) }))
  return [false, true].flatMap((holds) =>
    ranked
      .filter(({ grant }) => isInForce(grant, timeMs) === holds)
      .map(({ list, grant }) => ({ ...list, purposes: grant?.purposes ?? [], holds })),
  )
}

/** What grants of single records to one's institution list; asked only where the chain has such a grant. */
export const institutionLists = async (
  { client, identity, now }: Acting,
  chart: Uint8Array,
  institution: Uint8Array | undefined,
  told: readonly GrantInfo[],
): Promise<readonly GrantedList[]> => {
  const did = institution && didFromAccountId(institution)
  const isListed = told.some(
    ({ grantee, scopeDigest, revokedHeight }) =>
      grantee === did && scopeDigest !== null && revokedHeight === null,
  )
  if (!isListed || institution === undefined) return []
  try {
    const scopes = await client.call(agentScopes, { chart }, identity.actor, { node: institution })
    return inForceLast(scopes, told, now())
  } catch (error) {
    // Whom the institution does not let read in its name reads by grants of their own alone.
    if (error instanceof CommandError && /^(consent|identity)\./.test(error.code)) return []
    throw error
  }
}
