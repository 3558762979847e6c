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

interface Named {
  readonly did: string
  readonly name: string
}

const PREFIX_LENGTH_MIN = 4

const timeOrNull = (timeMs: number | undefined): string | null =>
  timeMs === undefined ? null : rfc3339(timeMs)

const didOrNull = (id: Uint8Array | undefined): string | null => (id ? didFromAccountId(id) : null)

/** What people know an emergency by, whichever of the charts that it opened is meant: the id of its set. */
export const emergencySetId = ({ id, details }: Pick<DescribedEmergency, 'id' | 'details'>): string =>
  base32FromBytes(details?.setId ?? id)

/** Whoever declares chooses the id of the set: another's emergency, or another patient's, never joins it. */
export const setName = (emergency: DescribedEmergency): string =>
  [emergency.declarer, emergency.details?.person ?? emergency.chart]
    .map((id) => base32FromBytes(id))
    .concat(emergencySetId(emergency))
    .join('/')

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
    halted: emergency.isOfHalt,
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
    const name = setName(each)
    sets.set(name, [...(sets.get(name) ?? []), each])
  }
  return [...sets.values()]
}

/** All that were declared together, by the id of the set or of any of them, or at least its first four characters. */
export const chooseSet = (
  emergencies: readonly DescribedEmergency[],
  typed: string,
): readonly DescribedEmergency[] => {
  const text = typed.trim().toLowerCase()
  if (text.length < PREFIX_LENGTH_MIN)
    return fail('usage.emergency-id', 'At least the first four characters of the id are needed.')
  const sets = inSets(emergencies).filter((set) =>
    set.some((each) => [base32FromBytes(each.id), emergencySetId(each)].some((id) => id.startsWith(text))),
  )
  const [first, second] = sets
  if (second) return fail('usage.emergency-id', `“${typed}” begins the ids of several emergencies.`)
  return (
    first ??
    fail('emergency.unknown', 'There is no emergency of that id here.', 'medchain emergency list shows them.')
  )
}

const distinctText = (values: readonly string[]): string => [...new Set(values)].join(', ')

/** One line for each set, newest first. */
export const emergenciesText = (
  emergencies: readonly DescribedEmergency[],
  nowMs: number,
  { width, names = [] }: { readonly width?: number; readonly names?: readonly Named[] } = {},
): string => {
  const nameOf = (id: Uint8Array): string => {
    const did = didFromAccountId(id)
    return names.find((each) => each.did === did)?.name ?? shortDid(did)
  }
  const rows = inSets(emergencies).flatMap((set) => {
    const [first] = set
    if (first === undefined) return []
    const compartments = set.flatMap(({ details }) => details?.compartment ?? []).sort()
    return [
      [
        rfc3339(first.declaredMs),
        shortId(emergencySetId(first)),
        nameOf(first.declarer),
        first.coSigner ? nameOf(first.coSigner) : 'alone',
        `${first.reason}${first.details ? `: ${first.details.text}` : ''}`,
        compartments.join(', ') || `${set.length} charts`,
        distinctText(set.map((each) => stateOfEmergency(each, nowMs))),
        distinctText(set.map((each) => reviewOfEmergency(each, nowMs))),
      ],
    ]
  })
  const columns = ['Declared', 'Id', 'By', 'With', 'Reason', 'For', 'State', 'Review']
  return tableText(columns, rows, 'There are no emergencies.', width)
}

/** All that is known of one emergency, one below the other. */
export const emergencyFacts = (
  set: readonly DescribedEmergency[],
  nowMs: number,
): readonly (readonly [string, string])[] => {
  const [first] = set
  if (first === undefined) return []
  const fact = (name: string, value: string | null | undefined) => (value ? [[name, value] as const] : [])
  const charts = set.map((each) => emergencyJson(each, nowMs))
  const of = (read: (json: (typeof charts)[number]) => string | null): string =>
    distinctText(charts.flatMap((json) => read(json) ?? []))
  return [
    ['Emergency', emergencySetId(first)],
    ...fact('Declared', rfc3339(first.declaredMs)),
    ...fact('By', didFromAccountId(first.declarer)),
    ...fact('Institution', didFromAccountId(first.institution)),
    ['With', didOrNull(first.coSigner) ?? 'alone'],
    ...fact('Patient', didOrNull(first.details?.person)),
    ...fact('Reason', `${first.reason}${first.details ? `: ${first.details.text}` : ''}`),
    ...fact('Site', first.details?.site),
    ['For', of(({ compartment }) => compartment) || `${set.length} charts`],
    ...fact(
      'From',
      of(({ from }) => from),
    ),
    ...fact(
      'Until',
      of(({ until }) => until),
    ),
    ['State', of(({ state }) => state)],
    ...fact(
      'Closed',
      of(({ closedAt, closedBy }) => closedAt && `${closedAt} by ${closedBy}`),
    ),
    ['Review', of(({ review }) => review)],
    ...fact(
      'Reviewed',
      of(({ reviewedAt, reviewedBy }) => reviewedAt && `${reviewedAt} by ${reviewedBy}`),
    ),
  ]
}

export const isParty = (id: Uint8Array, party: Uint8Array | undefined): boolean =>
  party !== undefined && equalBytes(id, party)
