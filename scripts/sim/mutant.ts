import type { Scenario } from '../../packages/core/test/sim/world/scenario.ts'

/** A deliberate break: one place of packages/core/src, changed. */
export interface Mutant {
  readonly name: string
  /** Below packages/core/src. */
  readonly file: string
  readonly from: string
  readonly to: string
  /** Which seeds are tried first: those in which what is broken here comes into play. */
  readonly likely?: (scenario: Scenario) => boolean
  /** What every seed has in place of what it draws, where the fault would otherwise meet the break too seldom. */
  readonly scenario?: Partial<Scenario>
}

/** For scenarios of few faults, which then come often. */
export const NO_DISTURBANCE: Scenario['weights'] = {
  crash: 0,
  massCrash: 0,
  pause: 0,
  cut: 0,
  mute: 0,
  clock: 0,
  fullDisk: 0,
  memory: 0,
  calm: 0,
}
