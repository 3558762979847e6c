import { bool, bytes, equalBytes, ok, refuse, struct } from '../../encoding/index.ts'
import type { ReadView } from '../../state/view.ts'
import type { TransactionKind } from '../contract.ts'
import { activeInstitution } from '../identity/enrol.ts'
import { accounts, charts } from '../identity/tables.ts'
import { endAwaiting } from './limits.ts'
import { type Emergency, emergencies, privacyOfficers } from './tables.ts'

export interface OfficerAppointment {
  readonly account: Uint8Array
  readonly isAppointed: boolean
}

/** An institution names a privacy officer among the people it enrolled, or ends the office (BG9). */
export const appointOfficer: TransactionKind<OfficerAppointment> = {
  kind: 'emergency.appoint-officer',
  payload: struct<OfficerAppointment>({ account: bytes(32), isAppointed: bool }),
  apply: (view, { account: id, isAppointed }, { sender, height }) => {
    const account = view.get(accounts, id)
    const isOwn = account?.sponsor !== undefined && equalBytes(account.sponsor, sender)
    if (!activeInstitution(view, sender) || !isOwn || account.role === 'device')
      return refuse('emergency.officer', 'An institution appoints a person whom it enrolled.')
    if (isAppointed) view.put(privacyOfficers, height, sender, id)
    else view.remove(privacyOfficers, sender, id)
    return ok([{ kind: 'emergency.officer', subjects: [id] }])
  },
}

export interface EmergencyVerdict {
  readonly id: Uint8Array
  readonly isJustified: boolean
}

/**
 * Whether an account may review an emergency: the declarer's institution or the one that registered the chart, by its
 * own account or by a privacy officer of its, who had no part in it (BG9).
 */
export const mayReview = (view: ReadView, emergency: Emergency, reviewer: Uint8Array): boolean => {
  const hadPart = [emergency.declarer, emergency.coSigner].some((id) => id && equalBytes(id, reviewer))
  const institutions = [emergency.institution, view.get(charts, emergency.chart)?.sponsor]
  return (
    !hadPart &&
    institutions.some(
      (institution) =>
        institution !== undefined &&
        activeInstitution(view, institution) !== undefined &&
        (equalBytes(institution, reviewer) || view.get(privacyOfficers, institution, reviewer) !== undefined),
    )
  )
}

/** Somebody else judges an emergency that is over (BG9). */
export const reviewEmergency: TransactionKind<EmergencyVerdict> = {
  kind: 'emergency.review',
  payload: struct<EmergencyVerdict>({ id: bytes(32), isJustified: bool }),
  apply: (view, { id, isJustified }, { sender, height, timeMs }) => {
    const emergency = view.get(emergencies, id)
    if (!emergency || !mayReview(view, emergency, sender))
      return refuse(
        'emergency.not-reviewer',
        'Only a privacy officer who had no part in it reviews an emergency.',
      )
    if (!emergency.closing && timeMs < emergency.untilMs)
      return refuse(
        'emergency.in-force',
        'The emergency is not over: it is reviewed once it is closed or has ended.',
      )
    if (emergency.fromMs === undefined)
      return refuse('emergency.never-opened', 'The emergency was never co-signed and opened nothing.')
    if (emergency.review) return refuse('emergency.reviewed', 'The emergency is reviewed already.')
    view.put(emergencies, { ...emergency, review: { by: sender, isJustified, height, timeMs } }, id)
    endAwaiting(view, emergency.declarer, id)
    return ok([{ kind: 'emergency.reviewed', subjects: [emergency.chart, id, emergency.declarer] }])
  },
}
