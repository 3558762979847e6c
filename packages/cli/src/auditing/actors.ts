import { accounts, didFromAccountId, type ReadView } from '@medchain/core'
import { shortDid } from '../format/id.ts'
import type { Contact } from '../wallet/contacts.ts'
import type { Names } from './audit-row.ts'
import type { NamedChart } from './verify-logs.ts'

interface Known {
  /** Institutions whose logs were asked for. */
  readonly institutions: readonly Uint8Array[]
  readonly actors: readonly Uint8Array[]
  readonly charts: readonly NamedChart[]
  /** The name of the patient. */
  readonly patient: string
  readonly contacts: readonly Contact[]
}

/** Names by which the person knows everyone in the logs: the chain's of institutions, contacts, and one's own. */
export const namesIn = (view: ReadView, known: Known): Names => {
  const names = new Map<string, string>()
  const institutionName = (id: Uint8Array): string | undefined => view.get(accounts, id)?.institutionName
  for (const id of known.institutions) names.set(didFromAccountId(id), institutionName(id) ?? '')
  for (const { did } of known.charts) names.set(did, known.patient)
  for (const { did, name } of known.contacts) names.set(did, name)
  for (const actor of known.actors) {
    const did = didFromAccountId(actor)
    const sponsor = view.get(accounts, actor)?.sponsor
    const home = sponsor && institutionName(sponsor)
    if (!names.has(did) && home) names.set(did, `${shortDid(did)} (${home})`)
  }
  return names
}

/** The institution behind each actor, as the chain has it; charts have none. */
export const institutionsIn = (view: ReadView, actors: readonly Uint8Array[]): ReadonlyMap<string, string> =>
  new Map(
    actors.flatMap((actor) => {
      const account = view.get(accounts, actor)
      return account ? [[didFromAccountId(actor), didFromAccountId(account.sponsor ?? actor)] as const] : []
    }),
  )
