import { bytes, equalBytes, ok, refuse, struct } from '../../encoding/index.ts'
import type { TransactionKind } from '../contract.ts'
import { clinicianInstitution } from './declare.ts'
import { awaitReview, REVIEW_MS } from './limits.ts'
import { emergencies } from './tables.ts'

export interface EmergencyRef {
  readonly id: Uint8Array
}

export const emergencyRefSchema = struct<EmergencyRef>({ id: bytes(32) })

/** The co-signer that a declaration names confirms it: from this block on it is in force (BG5). */
export const coSignEmergency: TransactionKind<EmergencyRef> = {
  kind: 'emergency.co-sign',
  payload: emergencyRefSchema,
  apply: (view, { id }, { sender, timeMs }) => {
    const emergency = view.get(emergencies, id)
    if (!emergency?.coSigner || !equalBytes(emergency.coSigner, sender))
      return refuse('emergency.unknown', 'No emergency of that id names the signer.')
    if (!clinicianInstitution(view, sender))
      return refuse(
        'emergency.not-clinician',
        'Only a practitioner of a care institution declares emergencies.',
      )
    if (emergency.fromMs !== undefined)
      return refuse('emergency.co-signed', 'The emergency is co-signed already.')
    if (emergency.closing || timeMs >= emergency.untilMs)
      return refuse('emergency.ended', 'The emergency has ended.')
    view.put(emergencies, { ...emergency, fromMs: timeMs, untilMs: timeMs + emergency.durationMs }, id)
    awaitReview(view, emergency.declarer, id, timeMs + REVIEW_MS)
    return ok([{ kind: 'emergency.co-signed', subjects: [emergency.chart, id, emergency.declarer] }])
  },
}
