import { equalBytes } from '../../encoding/index.ts'
import type { Table } from '../../state/table.ts'
import type { ReadView, WriteView } from '../../state/view.ts'
import {
  AWAITED_REVIEWS_MAX,
  awaitedReviews,
  type DayCount,
  emergencyDays,
  unconfirmedDays,
} from './tables.ts'

const DAY_MS = 86_400_000

/** Charts that one person declares emergencies for in a day, or co-signs: three whole patients. */
export const DECLARATIONS_PER_PERSON_MAX = 40
/** Of all of one institution together, as they come into force. */
export const DECLARATIONS_PER_INSTITUTION_MAX = 400
/** Block time from the declaration to when its review is overdue. */
export const REVIEW_MS = 72 * 3_600_000

const dayOf = (timeMs: number): number => Math.floor(timeMs / DAY_MS)

const countIn = (view: ReadView, days: Table<DayCount>, party: Uint8Array, timeMs: number): number => {
  const known = view.get(days, party)
  return known?.day === dayOf(timeMs) ? known.count : 0
}

/** What counts for a party on the day of `timeMs`. */
export const countOfDay = (view: ReadView, party: Uint8Array, timeMs: number): number =>
  countIn(view, emergencyDays, party, timeMs)

export const countOneMore = (view: WriteView, party: Uint8Array, timeMs: number): void =>
  view.put(emergencyDays, { day: dayOf(timeMs), count: countOfDay(view, party, timeMs) + 1 }, party)

/** A person's declarations of the day that name a co-signer who has not confirmed. */
export const unconfirmedOfDay = (view: ReadView, declarer: Uint8Array, timeMs: number): number =>
  countIn(view, unconfirmedDays, declarer, timeMs)

export const noteUnconfirmed = (view: WriteView, declarer: Uint8Array, timeMs: number): void =>
  view.put(
    unconfirmedDays,
    { day: dayOf(timeMs), count: unconfirmedOfDay(view, declarer, timeMs) + 1 },
    declarer,
  )

/** One that was declared at `declaredMs` is confirmed; of an earlier day nothing counts any more. */
export const endUnconfirmed = (view: WriteView, declarer: Uint8Array, declaredMs: number): void => {
  const count = unconfirmedOfDay(view, declarer, declaredMs)
  if (count > 0) view.put(unconfirmedDays, { day: dayOf(declaredMs), count: count - 1 }, declarer)
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
