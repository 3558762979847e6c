import type { Situation } from './situation.ts'

/** How far a proposal may be ahead of the own clock. */
const CLOCK_BEHIND_MS_MAX = 15_000

/** What the newest stored block says of this machine's clock: that it is behind can be told, that it is ahead cannot. */
export const clockSituations = (headTimeMs: number | undefined, nowMs: number): Situation[] => {
  const behindMs = (headTimeMs ?? 0) - nowMs
  if (behindMs <= CLOCK_BEHIND_MS_MAX) return []
  return [
    {
      code: 'recovery.clock-behind',
      means: `This machine’s clock is ${Math.round(behindMs / 1000)} s behind the time of the newest stored block.`,
      does: 'Set the clock, with "chronyc makestep" or "timedatectl set-ntp true"; the node needs no restart.',
      costs:
        'Until then this validator refuses the proposals of the others. It signs nothing twice, and cannot move the chain’s time.',
      remedy: 'operator',
    },
  ]
}
