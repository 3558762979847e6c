import { bytes, equalBytes, ok, refuse, struct } from '../../encoding/index.ts'
import type { TransactionKind } from '../contract.ts'
import { checkCoSignersDay, clinicianInstitution } from './declare.ts'
import {
  awaitReview,
  countOfDay,
  countOneMore,
  DECLARATIONS_PER_INSTITUTION_MAX,
  endUnconfirmed,
  REVIEW_MS,
} from './limits.ts'
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
    const home = clinicianInstitution(view, sender)
    if (!home)
      return refuse(
        'emergency.not-clinician',
        'Only a practitioner of a care institution declares emergencies.',
      )
    if (emergency.fromMs !== undefined)
      return refuse('emergency.co-signed', 'The emergency is co-signed already.')
    if (emergency.closing || timeMs >= emergency.untilMs)
      return refuse('emergency.ended', 'The emergency has ended.')
    const { declarer, institution, declaredMs } = emergency
    const allowed = checkCoSignersDay(view, sender, timeMs)
    if (!allowed.ok) return allowed
    const isOver = countOfDay(view, institution, timeMs) >= DECLARATIONS_PER_INSTITUTION_MAX
    if (isOver && equalBytes(home, institution))
      return refuse(
        'emergency.limit',
        'The limit of this day is reached: name a co-signer of another institution.',
      )
    for (const party of [sender, institution]) countOneMore(view, party, timeMs)
    endUnconfirmed(view, declarer, declaredMs)
    view.put(emergencies, { ...emergency, fromMs: timeMs, untilMs: timeMs + emergency.durationMs }, id)
    awaitReview(view, declarer, id, timeMs + REVIEW_MS)
    return ok([{ kind: 'emergency.co-signed', subjects: [emergency.chart, id, emergency.declarer] }])
  },
}
