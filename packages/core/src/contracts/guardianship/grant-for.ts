import { type GrantTerms, grantTermsSchema } from '../../access/grant.ts'
import { bytes, ok, type Result, refuse, struct } from '../../encoding/index.ts'
import type { ReadView } from '../../state/view.ts'
import { giveGrant } from '../consent/give.ts'
import { grants } from '../consent/tables.ts'
import type { TransactionKind } from '../contract.ts'
import { accounts } from '../identity/tables.ts'
import { guardianInForce } from './in-force.ts'
import { GUARDIANS_GRANTS_MAX, type Guardianship, grantGivers, guardiansGrants } from './tables.ts'

export interface GuardiansGrant {
  readonly chart: Uint8Array
  readonly terms: GrantTerms
}

/** What a guardian in force may give: not past its own end, not to a guardian, not for research (G8). */
const validateScope = (view: ReadView, terms: GrantTerms, { untilMs }: Guardianship): Result<void> => {
  if (terms.untilMs > untilMs) {
    return refuse('guardian.scope', 'A guardian gives nothing that outlasts the guardianship.')
  }
  if (terms.purposes.includes('HRESCH')) {
    return refuse('guardian.scope', 'Research is the patient’s own to permit.')
  }
  return view.get(accounts, terms.grantee)?.role === 'guardian'
    ? refuse('guardian.deputy', 'A guardian lets no guardian in, itself neither.')
    : ok(undefined)
}

/** Grants given under a guardianship; where the list is full, those that have not ended since. */
const openGrants = (view: ReadView, guardianshipId: Uint8Array, timeMs: number): readonly Uint8Array[] => {
  const known = view.get(guardiansGrants, guardianshipId) ?? []
  if (known.length < GUARDIANS_GRANTS_MAX) return known
  return known.filter((id) => {
    const grant = view.get(grants, id)
    return grant !== undefined && grant.revokedHeight === undefined && timeMs < grant.untilMs
  })
}

/** A guardian in force gives a grant in the patient's place; the state says who gave it. */
export const giveGrantFor: TransactionKind<GuardiansGrant> = {
  kind: 'guardianship.grant',
  payload: struct<GuardiansGrant>({ chart: bytes(32), terms: grantTermsSchema }),
  apply: (view, { chart, terms }, context) => {
    const guardianship = guardianInForce(view, chart, context.sender, context.timeMs)
    if (!guardianship.ok) return guardianship
    const valid = validateScope(view, terms, guardianship.value)
    if (!valid.ok) return valid
    const { guardianshipId } = guardianship.value
    const before = openGrants(view, guardianshipId, context.timeMs)
    if (before.length >= GUARDIANS_GRANTS_MAX)
      return refuse(
        'guardian.too-many-grants',
        'As many grants of this guardian are in force as there may be.',
      )
    const given = giveGrant.apply(view, terms, { ...context, sender: chart })
    if (!given.ok) return given
    view.put(grantGivers, context.sender, terms.grantId)
    // A prohibition protects the patient: it stays when its giver goes.
    if (!terms.isDeny) view.put(guardiansGrants, [...before, terms.grantId], guardianshipId)
    return given
  },
}
