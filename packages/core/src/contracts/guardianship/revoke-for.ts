import { bytes, refuse, struct } from '../../encoding/index.ts'
import { revokeGrant } from '../consent/revoke.ts'
import { grants } from '../consent/tables.ts'
import type { TransactionKind } from '../contract.ts'
import { guardianInForce } from './in-force.ts'
import { grantGivers } from './tables.ts'

export interface GuardiansRevocation {
  readonly chart: Uint8Array
  readonly grantId: Uint8Array
}

/** A guardian in force ends a grant in the patient's place; what the patient forbade, it does not lift (G9). */
export const revokeGrantFor: TransactionKind<GuardiansRevocation> = {
  kind: 'guardianship.revoke',
  payload: struct<GuardiansRevocation>({ chart: bytes(32), grantId: bytes(32) }),
  apply: (view, { chart, grantId }, context) => {
    const guardianship = guardianInForce(view, chart, context.sender, context.timeMs)
    if (!guardianship.ok) return guardianship
    const isPatientsBan = view.get(grants, grantId)?.isDeny && !view.get(grantGivers, grantId)
    return isPatientsBan
      ? refuse('guardian.scope', 'What the patient forbade, the patient alone permits again.')
      : revokeGrant.apply(view, { grantId }, { ...context, sender: chart })
  },
}
