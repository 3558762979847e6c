import type { Grant } from '../../access/grant.ts'
import { equalBytes } from '../../encoding/index.ts'
import type { ReadView, WriteView } from '../../state/view.ts'
import { GRANTS_PER_PARTY_MAX, grants, partyGrants } from './tables.ts'

const distinct = (ids: readonly (Uint8Array | undefined)[]): Uint8Array[] => {
  const found: Uint8Array[] = []
  for (const id of ids) if (id && !found.some((other) => equalBytes(other, id))) found.push(id)
  return found
}

/** The grants of a chart that name one of the parties as grantee or broker: all that a decision on them needs. */
export const grantsNaming = (
  view: ReadView,
  chart: Uint8Array,
  parties: readonly (Uint8Array | undefined)[],
): Grant[] =>
  distinct(distinct(parties).flatMap((party) => view.get(partyGrants, chart, party) ?? [])).flatMap(
    (grantId) => view.get(grants, grantId) ?? [],
  )

/**
 * Enters a grant for its grantee and its broker, so that a decision costs the same however many grants a
 * chart ever gave. The oldest that has ended makes room; false when a party has no room left.
 */
export const indexGrant = (view: WriteView, grant: Grant, timeMs: number): boolean => {
  const hasEnded = (grantId: Uint8Array): boolean => {
    const old = view.get(grants, grantId)
    return old === undefined || old.revokedHeight !== undefined || old.untilMs <= timeMs
  }
  return distinct([grant.grantee, grant.broker]).every((party) => {
    const held = view.get(partyGrants, grant.chart, party) ?? []
    const ended = held.length < GRANTS_PER_PARTY_MAX ? -1 : held.findIndex(hasEnded)
    const kept = ended < 0 ? held : held.toSpliced(ended, 1)
    if (kept.length >= GRANTS_PER_PARTY_MAX) return false
    view.put(partyGrants, [...kept, grant.grantId], grant.chart, party)
    return true
  })
}
