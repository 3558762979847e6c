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

/** Whether the target is held; undefined where there is none. What could not be measured holds nothing. */
export const isHeld = ({ value, atLeast, atMost }: Figure): boolean | undefined => {
  if (atLeast !== undefined) return value >= atLeast
  return atMost === undefined ? undefined : value <= atMost
}

/**
 * The figure as a multiple of what the machine itself can do: rates of the verifications of one core, processor times
 * of one verification, waiting of one disk sync and one round trip. Undefined where nothing of it compares.
 */
export const ratioOf = ({ value, unit }: Figure, ceiling: MachineCeiling): number | undefined => {
  const { verificationsPerSecond, syncP50Ms, roundTripP50Ms } = ceiling
  if (unit === 'per second') return value / verificationsPerSecond
  if (unit === 'µs') return (value * verificationsPerSecond) / 1e6
  if (unit === 'ms') return value / (syncP50Ms + roundTripP50Ms)
  return unit === 's' ? (value * 1000) / (syncP50Ms + roundTripP50Ms) : undefined
}
