import {
  base32FromBytes,
  didFromAccountId,
  equalBytes,
  reviewOfEmergency,
  stateOfEmergency,
} from '@medchain/core'
import { fail } from '../command-error.ts'
import { shortDid, shortId } from '../format/id.ts'
import { tableText } from '../format/table.ts'
import { rfc3339 } from '../format/time.ts'
import type { DescribedEmergency } from './emergency-details.ts'

const PREFIX_LENGTH_MIN = 4

const timeOrNull = (timeMs: number | undefined): string | null =>
  timeMs === undefined ? null : rfc3339(timeMs)

const didOrNull = (id: Uint8Array | undefined): string | null => (id ? didFromAccountId(id) : null)

/** An emergency as scripts get it. */
export const emergencyJson = (emergency: DescribedEmergency, nowMs: number) => {
  const { id, details, closing, review } = emergency
  return {
    emergencyId: base32FromBytes(id),
    set: details ? base32FromBytes(details.setId) : null,
    state: stateOfEmergency(emergency, nowMs),
    review: reviewOfEmergency(emergency, nowMs),
    chart: didFromAccountId(emergency.chart),
    compartment: details?.compartment ?? null,
    subject: didOrNull(details?.person),
    declarer: didFromAccountId(emergency.declarer),
    institution: didFromAccountId(emergency.institution),
    coSigner: didOrNull(emergency.coSigner),
    reason: emergency.reason,
    text: details?.text ?? null,
    site: details?.site ?? null,
    declaredAt: rfc3339(emergency.declaredMs),
    height: emergency.declaredHeight,
    from: timeOrNull(emergency.fromMs),
    until: rfc3339(emergency.untilMs),
    closedAt: timeOrNull(closing?.timeMs),
    closedBy: didOrNull(closing?.by),
    reviewedAt: timeOrNull(review?.timeMs),
    reviewedBy: didOrNull(review?.by),
  }
}

/** Emergencies that one command declared together; those of which nothing is known stand alone. */
export const inSets = (
  emergencies: readonly DescribedEmergency[],
): readonly (readonly DescribedEmergency[])[] => {
  const sets = new Map<string, DescribedEmergency[]>()
  for (const each of emergencies) {
    const name = base32FromBytes(each.details?.setId ?? each.id)
    sets.set(name, [...(sets.get(name) ?? []), each])
  }
  return [...sets.values()]
}

/** All that were declared together with the one that an id, or at least its first four characters, names. */
export const chooseSet = (
  emergencies: readonly DescribedEmergency[],
  typed: string,
): readonly DescribedEmergency[] => {
  const text = typed.trim().toLowerCase()
  if (text.length < PREFIX_LENGTH_MIN)
    return fail('usage.emergency-id', 'At least the first four characters of the id are needed.')
  const sets = inSets(emergencies).filter((set) => set.some(({ id }) => base32FromBytes(id).startsWith(text)))
  const [first, second] = sets
  if (second) return fail('usage.emergency-id', `“${typed}” begins the ids of several emergencies.`)
  return (
    first ??
    fail('emergency.unknown', 'There is no emergency of that id here.', 'medchain emergency list shows them.')
  )
}

/** One line for each set, newest first. */
export const emergenciesText = (
  emergencies: readonly DescribedEmergency[],
  nowMs: number,
  nameOf: (id: Uint8Array) => string = (id) => shortDid(didFromAccountId(id)),
): string => {
  const rows = inSets(emergencies).flatMap((set) => {
    const [first] = set
    if (first === undefined) return []
    const compartments = set.flatMap(({ details }) => details?.compartment ?? []).sort()
    return [
      [
        rfc3339(first.declaredMs),
        shortId(base32FromBytes(first.id)),
        nameOf(first.declarer),
        first.coSigner ? nameOf(first.coSigner) : 'alone',
        `${first.reason}${first.details ? `: ${first.details.text}` : ''}`,
        compartments.join(', ') || `${set.length} charts`,
        stateOfEmergency(first, nowMs),
        reviewOfEmergency(first, nowMs),
      ],
    ]
  })
  const columns = ['Declared', 'Id', 'By', 'With', 'Reason', 'For', 'State', 'Review']
  return tableText(columns, rows, 'There are no emergencies.')
}

export const isParty = (id: Uint8Array, party: Uint8Array | undefined): boolean =>
  party !== undefined && equalBytes(id, party)
