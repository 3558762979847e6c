import type { MachineCeiling } from '../machine/ceiling.ts'

export type Unit = 'per second' | 'ms' | 'virtual ms' | 'MB' | 'times' | 'count' | '%' | 's' | 'µs'

/** One measured number, and what is aimed at. */
export interface Figure {
  readonly scenario: string
  readonly name: string
  readonly value: number
  readonly unit: Unit
  readonly atLeast?: number
  readonly atMost?: number
}

export const isReached = ({ value, atLeast, atMost }: Figure): boolean | undefined => {
  if (atLeast !== undefined) return value >= atLeast
  return atMost === undefined ? undefined : value <= atMost
}

/** The figure as a multiple of what the machine itself can do; undefined where nothing of it compares. */
export const ratioOf = ({ value, unit }: Figure, ceiling: MachineCeiling): number | undefined => {
  if (unit === 'per second') return value / ceiling.verificationsPerSecond
  return unit === 'ms' ? value / (ceiling.syncP50Ms + ceiling.roundTripP50Ms) : undefined
}
