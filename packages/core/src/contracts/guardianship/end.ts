import { bytes, equalBytes, ok, refuse, struct } from '../../encoding/index.ts'
import type { TransactionKind } from '../contract.ts'
import { guardianships } from './tables.ts'

export interface GuardianshipEnd {
  readonly guardianshipId: Uint8Array
}

/** The patient's chart or the guardian itself ends a guardianship for good, from this block on (G5). */
export const endGuardianship: TransactionKind<GuardianshipEnd> = {
  kind: 'guardianship.end',
  payload: struct<GuardianshipEnd>({ guardianshipId: bytes(32) }),
  apply: (view, { guardianshipId }, { sender, height }) => {
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
    return ok([{ kind: 'guardianship.ended', subjects: [chart, guardianshipId, guardian] }])
  },
}
