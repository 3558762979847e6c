import { fail } from '../../command-error.ts'
import { parseTime } from '../../format/parse-time.ts'
import type { GuardianParty } from '../../guarding/find-guardian.ts'
import type { SetUpChoices } from '../../recovering/set-up.ts'
import { type CommandInput, textOption } from '../command-spec.ts'

const DAY_MS = 86_400_000

/** More than half, and all where there are two. */
export const usualThreshold = (count: number): number => (count === 0 ? 0 : Math.floor(count / 2) + 1)

export const usualDelayMs = (guardians: number): number => (guardians === 0 ? 14 * DAY_MS : 3 * DAY_MS)

const thresholdOf = (typed: string | undefined, count: number): number => {
  if (typed === undefined) return usualThreshold(count)
  const threshold = Number(typed)
  return Number.isInteger(threshold) && threshold >= 1 && threshold <= count
    ? threshold
    : fail('usage.threshold', `--threshold is a number from 1 to ${count}, the number of guardians.`)
}

/** What the options say beside the guardians. */
export const setUpChoices = (
  input: CommandInput,
  guardians: readonly GuardianParty[],
  nowMs: number,
): SetUpChoices => {
  if (new Set(guardians.map(({ did }) => did)).size < guardians.length)
    fail('usage.threshold', 'A guardian is named twice; each helps once.')
  const delay = textOption(input, 'delay')
  const delayMs =
    delay === undefined ? usualDelayMs(guardians.length) : parseTime(delay, nowMs, '--delay') - nowMs
  const guardianThreshold = thresholdOf(textOption(input, 'threshold'), guardians.length)
  return { guardians, guardianThreshold, delayMs }
}
