import { hexFromBytes } from '@medchain/core'

const SPAN_MS = 10 * 60 * 1000
export const REFUSALS_MAX = 1000

/**
 * How many refused statements one actor may have logged in ten minutes. Each is written to a patient's audit
 * log for good, so that without a bound one account could fill a disk and bury what the patient looks for.
 */
export interface RefusalBudget {
  readonly isSpent: (actor: Uint8Array, nowMs: number) => boolean
  readonly spend: (actor: Uint8Array, nowMs: number) => void
}

export const createRefusalBudget = (countMax: number = REFUSALS_MAX): RefusalBudget => {
  let counts = new Map<string, number>()
  let sinceMs = 0
  const countOf = (actor: Uint8Array, nowMs: number): number => {
    if (nowMs - sinceMs >= SPAN_MS) {
      counts = new Map()
      sinceMs = nowMs
    }
    return counts.get(hexFromBytes(actor)) ?? 0
  }
  return {
    isSpent: (actor, nowMs) => countOf(actor, nowMs) >= countMax,
    spend(actor, nowMs) {
      const count = countOf(actor, nowMs)
      counts.set(hexFromBytes(actor), count + 1)
    },
  }
}
