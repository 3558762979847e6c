import type { Clock } from './clock.ts'

/** So much at once, and so much more every second. */
export interface RateBudget {
  /** False, and nothing taken, when less than `amount` is left. */
  take(amount: number): boolean
  /** Takes what may not be there yet; answers for how many milliseconds to wait until it is. */
  owe(amount: number): number
}

export const createRateBudget = (
  clock: Pick<Clock, 'now'>,
  { burst, perSecond }: { readonly burst: number; readonly perSecond: number },
): RateBudget => {
  let left = burst
  let atMs = clock.now()

  const refill = (): void => {
    const nowMs = clock.now()
    left = Math.min(burst, left + ((nowMs - atMs) / 1_000) * perSecond)
    atMs = nowMs
  }

  return {
    take(amount) {
      refill()
      if (left < amount) return false
      left -= amount
      return true
    },
    owe(amount) {
      refill()
      left -= amount
      return left >= 0 ? 0 : (-left / perSecond) * 1_000
    },
  }
}
