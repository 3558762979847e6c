import { equalBytes } from '../../encoding/index.ts'
import type { ReadView, WriteView } from '../../state/view.ts'
import { AWAITED_REVIEWS_MAX, awaitedReviews, emergencyDays } from './tables.ts'

const DAY_MS = 86_400_000

/** Charts that one person declares emergencies for in a day, or co-signs: three whole patients. */
export const DECLARATIONS_PER_PERSON_MAX = 40
/** Of all of one institution together. */
export const DECLARATIONS_PER_INSTITUTION_MAX = 400
/** Block time from the declaration to when its review is overdue. */
export const REVIEW_MS = 72 * 3_600_000

/** Declarations (or co-signatures) that count for a party on the day of `timeMs`. */
export const countOfDay = (view: ReadView, party: Uint8Array, timeMs: number): number => {
  const known = view.get(emergencyDays, party)
  return known?.day === Math.floor(timeMs / DAY_MS) ? known.count : 0
}

export const countOneMore = (view: WriteView, party: Uint8Array, timeMs: number): void => {
  const count = countOfDay(view, party, timeMs) + 1
  view.put(emergencyDays, { day: Math.floor(timeMs / DAY_MS), count }, party)
}

export const hasOverdueReview = (view: ReadView, declarer: Uint8Array, timeMs: number): boolean =>
  (view.get(awaitedReviews, declarer) ?? []).some(({ dueMs }) => dueMs <= timeMs)

/** Notes that an emergency is to be reviewed. Of whoever leaves a thousand unreviewed the first ones are enough. */
export const awaitReview = (view: WriteView, declarer: Uint8Array, id: Uint8Array, dueMs: number): void => {
  const known = view.get(awaitedReviews, declarer) ?? []
  if (known.length < AWAITED_REVIEWS_MAX) view.put(awaitedReviews, [...known, { id, dueMs }], declarer)
}

export const endAwaiting = (view: WriteView, declarer: Uint8Array, id: Uint8Array): void => {
  const known = view.get(awaitedReviews, declarer) ?? []
  const left = known.filter((each) => !equalBytes(each.id, id))
  if (left.length > 0) view.put(awaitedReviews, left, declarer)
  else view.remove(awaitedReviews, declarer)
}
