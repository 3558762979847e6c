import { didFromAccountId, hexFromBytes, institutionIdOf } from '@medchain/core'
import { fail } from '../command-error.ts'
import type { Member } from './api-types.ts'
import { genesisOf } from './genesis-of.ts'
import type { NodeClient } from './node-client.ts'

/**
 * The institutions with the keys that the genesis document gives them, in its order. What is sealed to an
 * institution, and what it signed, depends on these: a node that names others is `proof.false`.
 */
export const provenMembers = async (
  client: Pick<NodeClient, 'get' | 'networkId'>,
): Promise<readonly Member[]> => {
  const [{ members }, genesis] = await Promise.all([
    client.get<{ members: readonly Member[] }>('/v1/members'),
    genesisOf(client),
  ])
  const isTrue =
    members.length === genesis.members.length &&
    genesis.members.every((founder, index) => {
      const named = members[index]
      return (
        named?.did === didFromAccountId(institutionIdOf(founder)) &&
        named.sealingKey === hexFromBytes(founder.sealingKey) &&
        named.signingKey === hexFromBytes(founder.signingKey)
      )
    })
  return isTrue
    ? members
    : fail('proof.false', 'The node names institutions or keys that the network has not.')
}
