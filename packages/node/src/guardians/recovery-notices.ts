import {
  accountIdFromInception,
  bytesFromText,
  hashTagged,
  type Notice,
  recoveryAttempts,
} from '@medchain/core'
import type { NoticeSource } from '../notices/notice-source.ts'

/** That somebody asks for a person's recovery, and that a veto was set aside: who is not told vetoes nothing (RV5). */
export const recoveryNotices: NoticeSource = (view, { recoveries }) =>
  recoveries.flatMap((reference) => {
    const announcement = view.get(recoveryAttempts, reference)?.announcement
    if (!announcement) return []
    const ticketId = accountIdFromInception(announcement.ticket)
    const notice = (kind: string, timeMs: number): Notice => ({
      id: hashTagged('medchain/notice/1', reference, ticketId, bytesFromText(kind)),
      kind,
      timeMs,
      chart: undefined,
      actor: undefined,
      reference,
    })
    const { timeMs, overruledMs } = announcement
    return [
      notice('recovery.announced', timeMs),
      ...(overruledMs === undefined ? [] : [notice('recovery.overruled', overruledMs)]),
    ]
  })
