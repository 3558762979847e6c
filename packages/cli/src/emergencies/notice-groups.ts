import { base32FromBytes, equalBytes, type Notice } from '@medchain/core'
import type { DescribedEmergency } from './emergency-details.ts'
import { emergencySetId, setName } from './emergency-row.ts'

/** Notices that tell of one emergency, in however many charts and steps; others stand alone. */
export interface NoticeGroup<T extends Notice = Notice> {
  /** Of the emergency; undefined for what is about something else. */
  readonly emergencyId: string | undefined
  /** Newest first, as given. */
  readonly notices: readonly T[]
  readonly emergencies: readonly DescribedEmergency[]
}

/** Groups in the order of their newest notice. */
export const groupNotices = <T extends Notice>(
  notices: readonly T[],
  known: readonly DescribedEmergency[],
): readonly NoticeGroup<T>[] => {
  const groups = new Map<
    string,
    { emergencyId: string | undefined; notices: T[]; emergencies: Set<DescribedEmergency> }
  >()
  for (const notice of notices) {
    const about = known.find(({ id }) => notice.reference && equalBytes(id, notice.reference))
    const isUndescribed = notice.kind.startsWith('emergency.') && notice.reference !== undefined
    const emergencyId = about
      ? emergencySetId(about)
      : isUndescribed && notice.reference
        ? base32FromBytes(notice.reference)
        : undefined
    const name = about ? setName(about) : (emergencyId ?? base32FromBytes(notice.id))
    const group = groups.get(name) ?? { emergencyId, notices: [], emergencies: new Set() }
    group.notices.push(notice)
    if (about) group.emergencies.add(about)
    groups.set(name, group)
  }
  return [...groups.values()].map((group) => ({ ...group, emergencies: [...group.emergencies] }))
}

const STEPS: Readonly<Record<string, string>> = {
  'emergency.declared': 'declared',
  'emergency.co-signed': 'co-signed',
  'emergency.closed': 'closed',
  'emergency.reviewed': 'reviewed',
}

/** A step of an emergency, told once for all charts in which the same person took it. */
export interface EmergencyStep {
  readonly what: string
  readonly actor: Uint8Array | undefined
  /** When it was taken first. */
  readonly timeMs: number
}

/** The steps of a group, oldest first. */
export const stepsOf = ({ notices, emergencies }: NoticeGroup): readonly EmergencyStep[] => {
  const steps = new Map<string, EmergencyStep>()
  for (const { kind, actor, reference, timeMs } of [...notices].sort((a, b) => a.timeMs - b.timeMs)) {
    const review = emergencies.find(({ id }) => reference && equalBytes(id, reference))?.review
    const verdict = review && (review.isJustified ? ': justified' : ': unjustified')
    const what = `${STEPS[kind] ?? kind}${(kind === 'emergency.reviewed' && verdict) || ''}`
    const name = `${what}/${actor ? base32FromBytes(actor) : ''}`
    if (!steps.has(name)) steps.set(name, { what, actor, timeMs })
  }
  return [...steps.values()]
}
