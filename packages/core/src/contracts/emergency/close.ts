import { equalBytes, ok, refuse } from '../../encoding/index.ts'
import type { TransactionKind } from '../contract.ts'
import { type EmergencyRef, emergencyRefSchema } from './co-sign.ts'
import { emergencies } from './tables.ts'

/** The declarer or the chart ends an emergency, from this block on (BG8). */
export const closeEmergency: TransactionKind<EmergencyRef> = {
  kind: 'emergency.close',
  payload: emergencyRefSchema,
  apply: (view, { id }, { sender, height, timeMs }) => {
    const emergency = view.get(emergencies, id)
    const isParty =
      emergency && [emergency.declarer, emergency.chart].some((party) => equalBytes(party, sender))
    if (!emergency || !isParty)
      return refuse('emergency.unknown', 'No emergency of that id names the signer.')
    if (emergency.closing || timeMs >= emergency.untilMs)
      return refuse('emergency.ended', 'The emergency has ended.')
    view.put(emergencies, { ...emergency, closing: { by: sender, height, timeMs } }, id)
    return ok([{ kind: 'emergency.closed', subjects: [emergency.chart, id, emergency.declarer] }])
  },
}
