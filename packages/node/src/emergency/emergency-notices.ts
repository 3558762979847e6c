import {
  bytesFromText,
  emergenciesOf,
  equalBytes,
  hashTagged,
  type ListedEmergency,
  type Notice,
} from '@medchain/core'
import type { NoticeSource } from '../notices/notice-source.ts'

const EMERGENCIES_MAX = 1000

/** What happened to one emergency, as far as somebody but the patient did it (BG10). */
const noticesOf = (emergency: ListedEmergency): Notice[] => {
  const { id: reference, chart, declarer, coSigner, declaredMs, fromMs, closing, review } = emergency
  const notice = (kind: string, timeMs: number, actor: Uint8Array): Notice => ({
    id: hashTagged('medchain/notice/1', reference, bytesFromText(kind)),
    kind,
    timeMs,
    chart,
    actor,
    reference,
  })
  const isClosedByOther = closing !== undefined && !equalBytes(closing.by, chart)
  return [
    notice('emergency.declared', declaredMs, declarer),
    ...(coSigner && fromMs !== undefined ? [notice('emergency.co-signed', fromMs, coSigner)] : []),
    ...(isClosedByOther ? [notice('emergency.closed', closing.timeMs, closing.by)] : []),
    ...(review ? [notice('emergency.reviewed', review.timeMs, review.by)] : []),
  ]
}

/** Notices of all emergencies of the charts, from committed state. */
export const emergencyNotices: NoticeSource = (view, { charts }) =>
  charts.flatMap((chart) => emergenciesOf(view, chart, EMERGENCIES_MAX).flatMap(noticesOf))
