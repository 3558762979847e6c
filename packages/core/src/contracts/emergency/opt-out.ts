import { ok, refuse, struct } from '../../encoding/index.ts'
import type { TransactionKind } from '../contract.ts'
import { charts, positionKey } from '../identity/tables.ts'
import { custodianShares, emergencyChoices } from './tables.ts'

/** A chart closes itself to emergencies: by this rule at once, and by the custodians, who delete its shares (BG1). */
export const optOut: TransactionKind<object> = {
  kind: 'emergency.opt-out',
  payload: struct<object>({}),
  apply: (view, _payload, { sender, height }) => {
    if (!view.get(charts, sender)) return refuse('identity.not-chart', 'Only a chart opens its epochs.')
    for (const epoch of view.get(emergencyChoices, sender)?.epochs ?? [])
      view.remove(custodianShares, sender, positionKey(epoch))
    view.put(emergencyChoices, { isEligible: false, epochs: [], height }, sender)
    return ok([{ kind: 'emergency.opted-out', subjects: [sender] }])
  },
}
