import type { DeclaredEmergency } from '../../access/emergency.ts'
import type { ReadView } from '../../state/view.ts'
import { positionKey } from '../identity/tables.ts'
import { REVIEW_MS } from './limits.ts'
import {
  type Emergency,
  emergencies,
  emergencyChoices,
  emergencyCounts,
  emergencyOrder,
  newestEmergency,
} from './tables.ts'

/** What a decision on BTG needs to know of whoever asks: its newest declaration for the chart. */
export const declaredEmergency = (
  view: ReadView,
  chart: Uint8Array,
  actor: Uint8Array,
): DeclaredEmergency | undefined => {
  const id = view.get(newestEmergency, chart, actor)
  const emergency = id && view.get(emergencies, id)
  if (!emergency) return undefined
  const { fromMs, untilMs, closing } = emergency
  const isEligible = view.get(emergencyChoices, chart)?.isEligible === true
  return { id, fromMs, untilMs, isClosed: closing !== undefined, isEligible }
}

export const EMERGENCY_STATES = ['awaiting', 'in-force', 'closed', 'expired', 'lapsed'] as const

export type EmergencyState = (typeof EMERGENCY_STATES)[number]

/** Where an emergency stands at a block time; `lapsed` is one that nobody co-signed in time. */
export const stateOfEmergency = (
  { fromMs, untilMs, closing }: Pick<Emergency, 'fromMs' | 'untilMs' | 'closing'>,
  timeMs: number,
): EmergencyState => {
  if (closing) return 'closed'
  if (timeMs >= untilMs) return fromMs === undefined ? 'lapsed' : 'expired'
  return fromMs === undefined ? 'awaiting' : 'in-force'
}

export type ReviewState = 'none' | 'due' | 'overdue' | 'justified' | 'unjustified'

/** Whether an emergency is reviewed, or is to be; one that never opened needs no review. */
export const reviewOfEmergency = ({ fromMs, review }: Emergency, timeMs: number): ReviewState => {
  if (review) return review.isJustified ? 'justified' : 'unjustified'
  if (fromMs === undefined) return 'none'
  return timeMs >= fromMs + REVIEW_MS ? 'overdue' : 'due'
}

export interface ListedEmergency extends Emergency {
  readonly id: Uint8Array
}

/** The newest emergencies that a chart, a declarer, an institution or a co-signer has a part in, newest first. */
export const emergenciesOf = (view: ReadView, party: Uint8Array, countMax: number): ListedEmergency[] => {
  const count = view.get(emergencyCounts, party) ?? 0
  const found: ListedEmergency[] = []
  for (let position = count - 1; position >= 0 && found.length < countMax; position--) {
    const id = view.get(emergencyOrder, party, positionKey(position))
    const emergency = id && view.get(emergencies, id)
    if (emergency) found.push({ ...emergency, id })
  }
  return found
}
