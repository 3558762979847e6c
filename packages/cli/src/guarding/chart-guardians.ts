import {
  factsOfGuardianship,
  type Guardianship,
  guardedCharts,
  guardianshipsOfChart,
  type ReadView,
  ruleOnGuardian,
} from '@medchain/core'

/** `active`, or why it is not: the chain's code without its domain (guardians G3). */
export type GuardianState = 'active' | 'not-yet' | 'not-activated' | 'ended' | 'expired' | 'reserved'

export interface StatedGuardianship {
  readonly guardianship: Guardianship
  readonly state: GuardianState
}

/** How a guardianship stands at a time, by the chain's own rule. */
export const guardianState = (view: ReadView, guardianship: Guardianship, timeMs: number): GuardianState => {
  const { code } = ruleOnGuardian(factsOfGuardianship(view, guardianship), timeMs)
  return code === 'permit' ? 'active' : (code.slice('guardian.'.length) as GuardianState)
}

/** What the state says of a chart's guardians, oldest first. */
export const guardiansIn = (
  view: ReadView,
  chart: Uint8Array,
  timeMs: number,
): { readonly isReserved: boolean; readonly stated: readonly StatedGuardianship[] } => ({
  isReserved: view.get(guardedCharts, chart)?.isReserved ?? false,
  stated: guardianshipsOfChart(view, chart).map((guardianship) => ({
    guardianship,
    state: guardianState(view, guardianship, timeMs),
  })),
})

/** Whether the guardian is to have the chart's keys: from its appointment until its end, unless the chart is reserved. */
export const holdsKeys = ({ state }: StatedGuardianship): boolean =>
  state === 'active' || state === 'not-yet' || state === 'not-activated'
