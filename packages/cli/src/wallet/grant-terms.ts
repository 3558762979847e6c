import {
  bytesFromText,
  type GrantMode,
  type GrantTerms,
  grantIdOf,
  hashTagged,
  type Purpose,
} from '@medchain/core'
import { rfc3339 } from '../format/time.ts'

const DAY_MS = 86_400_000
const JITTER_MS = 1000

/** What a person decides; the same for all charts of one command. */
export interface GrantPlan {
  /** Account of the grantee. */
  readonly grantee: Uint8Array
  readonly mode: GrantMode
  readonly purposes: readonly Purpose[]
  readonly fromMs: number
  readonly untilMs: number
  readonly scopeDigest: Uint8Array | undefined
  readonly broker: Uint8Array | undefined
  readonly isDeny: boolean
}

export const startOfDay = (timeMs: number): number => Math.floor(timeMs / DAY_MS) * DAY_MS

/** The usual end: whole days, as everybody’s, so that it links nothing. */
export const inOneYear = (nowMs: number): number => startOfDay(nowMs) + 366 * DAY_MS

const random = (size: number): Uint8Array => crypto.getRandomValues(new Uint8Array(size))

// A precise time in several charts would show that they belong together.
const jittered = (timeMs: number, sign: 1 | -1): number => {
  if (timeMs % DAY_MS === 0) return timeMs
  const [high = 0, low = 0] = random(2)
  return timeMs + sign * ((high * 256 + low) % JITTER_MS)
}

/** The terms of one chart's grant, under an id of its own. */
export const createTerms = (chart: Uint8Array, plan: GrantPlan): GrantTerms => {
  const text = JSON.stringify({ mode: plan.mode, purposes: plan.purposes, until: rfc3339(plan.untilMs) })
  // The salt stays here: without it the exact time behind a jittered one could be found by trying.
  const termsDigest = hashTagged('medchain/terms/1', random(32), bytesFromText(text))
  return {
    ...plan,
    grantId: grantIdOf(chart, termsDigest),
    fromMs: jittered(plan.fromMs, 1),
    untilMs: jittered(plan.untilMs, -1),
    termsDigest,
  }
}
