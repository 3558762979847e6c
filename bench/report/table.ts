import type { MachineCeiling } from '../machine/ceiling.ts'
import { type Figure, isReached, ratioOf } from './figure.ts'

export const plain = (value: number): string => {
  if (!Number.isFinite(value)) return '–'
  return Math.abs(value) >= 100
    ? Math.round(value).toLocaleString('en')
    : String(Number(value.toPrecision(3)))
}

const aimOf = ({ atLeast, atMost }: Figure): string => {
  if (atLeast !== undefined) return `≥ ${plain(atLeast)}`
  return atMost === undefined ? '' : `≤ ${plain(atMost)}`
}

export const ceilingText = (ceiling: MachineCeiling): string =>
  `${ceiling.cores} cores; a core: ${plain(ceiling.verificationsPerSecond)} verifications/s, ${plain(ceiling.hashesPerSecond)} hashes/s; ` +
  `disk sync ${plain(ceiling.syncP50Ms)} ms, loopback round trip ${plain(ceiling.roundTripP50Ms)} ms (medians)`

/** A line a figure: value, aim, whether it is reached, and its ratio to the machine's own ceiling. */
export const tableOf = (figures: readonly Figure[], ceiling: MachineCeiling): string => {
  const rows = figures.map((figure) => {
    const ratio = ratioOf(figure, ceiling)
    const verdict = { true: 'reached', false: 'MISSED', undefined: '' }[String(isReached(figure))] ?? ''
    const cells = [
      figure.scenario.padEnd(16),
      figure.name.padEnd(52),
      `${plain(figure.value)} ${figure.unit}`.padStart(18),
      aimOf(figure).padStart(9),
      verdict.padEnd(8),
      ratio === undefined ? '' : `${plain(ratio)} × ceiling`,
    ]
    return cells.join('  ').trimEnd()
  })
  return rows.join('\n')
}
