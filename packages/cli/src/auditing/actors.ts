import { accounts, charts as chartTable, didFromAccountId } from '@medchain/core'
import type { ProvenMember } from '../client/proven-members.ts'
import { readState } from '../client/proven-state.ts'
import { shortDid } from '../format/id.ts'
import type { Acting, OwnChart } from '../reading/acting.ts'
import { idOfDid } from '../reading/chain-facts.ts'
import type { Contact } from '../wallet/contacts.ts'
import type { Names } from './audit-row.ts'

export interface Actors {
  readonly names: Names
  readonly signingKeyOf: (actor: Uint8Array) => Uint8Array | undefined
}

interface Surroundings {
  readonly acting: Acting
  readonly charts: readonly OwnChart[]
  readonly members: readonly ProvenMember[]
  readonly contacts: readonly Contact[]
}

/** Signing keys of everyone in the logs, proven by the chain, and the names by which the person knows them. */
export const findActors = async (
  dids: readonly string[],
  { acting, charts, members, contacts }: Surroundings,
): Promise<Actors> => {
  const { client, identity } = acting
  const names = new Map<string, string>()
  const keys = new Map<string, Uint8Array | undefined>()
  for (const { did, name } of members) names.set(did, name)
  for (const { did } of charts) names.set(did, identity.name)
  for (const { did, name } of contacts) names.set(did, name)
  await Promise.all(
    dids.map(async (did) => {
      const id = idOfDid(did)
      const account = await readState(client, accounts.schema, accounts.keyOf(id))
      const chart = account ? undefined : await readState(client, chartTable.schema, chartTable.keyOf(id))
      keys.set(did, account?.signingKey ?? chart?.controllerKey)
      const sponsor = account?.sponsor && didFromAccountId(account.sponsor)
      const home = members.find((member) => member.did === sponsor)
      if (!names.has(did) && home !== undefined) names.set(did, `${shortDid(did)} (${home.name})`)
    }),
  )
  return { names, signingKeyOf: (actor) => keys.get(didFromAccountId(actor)) }
}
