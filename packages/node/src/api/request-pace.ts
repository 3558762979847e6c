import type { Clock } from '../clock.ts'
import { createRateBudget, type RateBudget } from '../rate-budget.ts'

/** Answers to one address, at once and each second; a write that is taken costs none of them. */
const ANSWERS_BURST = 1_000
const ANSWERS_PER_SECOND = 300
const ADDRESSES_KEPT_MAX = 4_096

/** Whoever asks faster than that waits: nothing is refused, and a crowd leaves the processor to consensus. */
export interface RequestPace {
  /** What a request of the address has to wait for; undefined when it need not. */
  enter(address: string): Promise<void> | undefined
  answered(address: string): void
}

export const createRequestPace = (clock: Pick<Clock, 'now' | 'setTimer'>): RequestPace => {
  const budgets = new Map<string, RateBudget>()
  const budgetOf = (address: string): RateBudget => {
    const known = budgets.get(address)
    if (known) return known
    const oldest = budgets.keys().next()
    if (budgets.size >= ADDRESSES_KEPT_MAX && !oldest.done) budgets.delete(oldest.value)
    const budget = createRateBudget(clock, { burst: ANSWERS_BURST, perSecond: ANSWERS_PER_SECOND })
    budgets.set(address, budget)
    return budget
  }
  return {
    enter: (address) => {
      const waitMs = budgetOf(address).owe(0)
      return waitMs > 0 ? new Promise((resolve) => void clock.setTimer(waitMs, resolve)) : undefined
    },
    answered: (address) => void budgetOf(address).owe(1),
  }
}
