import {
  accounts,
  auditHeads,
  didFromAccountId,
  equalBytes,
  hexFromBytes,
  institutionIdOf,
  isFullPage,
  type MemberChange,
  type MemberHistory,
  memberChanges,
  memberOrder,
  memberPageKey,
} from '@medchain/core'
import { fail } from '../command-error.ts'
import type { Member } from './api-types.ts'
import { genesisOf } from './genesis-of.ts'
import type { NodeClient } from './node-client.ts'
import { readState } from './proven-state.ts'
import { readEras } from './validators-of.ts'

type Asked = Pick<NodeClient, 'get' | 'networkId'>

/** What the chain proves of an institution. */
export type ProvenMember = Pick<Member, 'did' | 'name' | 'role' | 'status' | 'signingKey' | 'sealingKey'>

const provenMember = async (client: Asked, id: Uint8Array): Promise<ProvenMember> => {
  const account = await readState(client, accounts.schema, accounts.keyOf(id))
  if (!account) return fail('proof.false', 'The node proves a member that has no account.')
  return {
    did: didFromAccountId(id),
    name: account.institutionName ?? '',
    role: account.role,
    status: account.status,
    signingKey: hexFromBytes(account.signingKey),
    sealingKey: hexFromBytes(account.sealingKey),
  }
}

const provenOrder = async (client: Asked): Promise<readonly Uint8Array[]> =>
  (await readState(client, memberOrder.schema, memberOrder.keyOf())) ?? []

/**
 * The institutions of the network with their keys, in the order of admission, as the chain proves them: what is sealed
 * to an institution, and what it signed, depends on these. `proof.*` for a node that proves nothing of the kind.
 */
export const provenMembers = async (client: Asked): Promise<readonly ProvenMember[]> => {
  const ids = await provenOrder(client)
  return ids.length > 0
    ? Promise.all(ids.map((id) => provenMember(client, id)))
    : fail('proof.false', 'The node proves a network without institutions.')
}

const provenChanges = async (client: Asked): Promise<readonly MemberChange[] | undefined> => {
  const all: MemberChange[] = []
  for (let page = 0; ; page++) {
    const changes = await readState(client, memberChanges.schema, memberChanges.keyOf(memberPageKey(page)))
    all.push(...(changes ?? []))
    if (changes === undefined || !isFullPage(changes)) return all.length > 0 ? all : undefined
  }
}

/** Who keeps a record follows from who came and went, which the chain proves. */
export const provenMemberHistory = async (client: Asked): Promise<MemberHistory> => {
  const [present, changes] = await Promise.all([provenOrder(client), provenChanges(client)])
  return { present, changes }
}

/** Founders and validators that have left the network, and kept an audit log while they were in it. */
export const formerMembers = async (client: Asked): Promise<readonly ProvenMember[]> => {
  const eras = await readEras(client)
  const [present, genesis] = await Promise.all([provenOrder(client), genesisOf(client)])
  const validators = eras.flatMap((era) => era.validators.map(({ institution }) => institution))
  const ever = new Map([...genesis.members.map(institutionIdOf), ...validators].map((id) => [id.join(), id]))
  const gone = [...ever.values()].filter((id) => !present.some((each) => equalBytes(each, id)))
  const found = await Promise.all(
    gone.map(async (id) => {
      const anchored = await readState(client, auditHeads.schema, auditHeads.keyOf(id))
      return anchored ? [await provenMember(client, id)] : []
    }),
  )
  return found.flat()
}
