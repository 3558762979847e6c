import { bytes, equalBytes, ok, refuse, struct } from '../../encoding/index.ts'
import type { WriteView } from '../../state/view.ts'
import { revokeGrant } from '../consent/revoke.ts'
import { grants } from '../consent/tables.ts'
import type { ContractEvent, TransactionContext, TransactionKind } from '../contract.ts'
import { guardiansGrants, guardianships } from './tables.ts'

export interface GuardianshipEnd {
  readonly guardianshipId: Uint8Array
}

/** What was given under a guardianship ends with it, as if the chart revoked it (G8). */
const endGrants = (
  view: WriteView,
  guardianshipId: Uint8Array,
  context: TransactionContext,
): readonly ContractEvent[] => {
  const given = view.get(guardiansGrants, guardianshipId) ?? []
  if (given.length > 0) view.remove(guardiansGrants, guardianshipId)
  return given.flatMap((grantId) => {
    const grant = view.get(grants, grantId)
    if (!grant || grant.untilMs <= context.timeMs) return []
    const revoked = revokeGrant.apply(view, { grantId }, context)
    return revoked.ok ? revoked.value : []
  })
}

/** The patient's chart or the guardian itself ends a guardianship for good, from this block on (G5). */
export const endGuardianship: TransactionKind<GuardianshipEnd> = {
  kind: 'guardianship.end',
  payload: struct<GuardianshipEnd>({ guardianshipId: bytes(32) }),
  apply: (view, { guardianshipId }, context) => {
    const { sender, height } = context
    const guardianship = view.get(guardianships, guardianshipId)
    const isParty =
      guardianship && (equalBytes(guardianship.chart, sender) || equalBytes(guardianship.guardian, sender))
    if (!isParty) {
      return refuse('guardian.none', 'The sender has no guardianship of that id.')
    }
    if (guardianship.endedHeight !== undefined) {
      return refuse('guardian.ended', 'The guardianship was ended already.')
    }
    view.put(guardianships, { ...guardianship, endedHeight: height }, guardianshipId)
    const { chart, guardian } = guardianship
    const ended = endGrants(view, guardianshipId, { ...context, sender: chart })
    return ok([{ kind: 'guardianship.ended', subjects: [chart, guardianshipId, guardian] }, ...ended])
  },
}
