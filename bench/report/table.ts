import type { MachineCeiling } from '../machine/ceiling.ts'
import { type Figure, isHeld, ratioOf } from './figure.ts'

export const plain = (value: number): string => {
  if (!Number.isFinite(value)) return '–'
  return Math.abs(value) >= 100
    ? Math.round(value).toLocaleString('en')
    : String(Number(value.toPrecision(3)))
}

export const targetOf = ({ atLeast, atMost }: Pick<Figure, 'atLeast' | 'atMost'>): string => {
  if (atLeast !== undefined) return `≥ ${plain(atLeast)}`
  return atMost === undefined ? '' : `≤ ${plain(atMost)}`
}

export const ceilingText = (ceiling: MachineCeiling): string =>
  `${ceiling.cores} cores; a core: ${plain(ceiling.verificationsPerSecond)} verifications/s, ${plain(ceiling.hashesPerSecond)} hashes/s; ` +
  `disk sync ${plain(ceiling.syncP50Ms)} ms, loopback round trip ${plain(ceiling.roundTripP50Ms)} ms (medians)`

/** Columns as wide as their longest cell; the numbers `right` are set flush right. */
const aligned = (rows: readonly (readonly string[])[], right: readonly number[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const cell = (text: string, column: number): string =>
    right.includes(column) ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0)
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n')
}

const verdictOf = (figure: Figure): string => {
  const held = isHeld(figure)
  if (held === undefined) return ''
  return held ? 'held' : 'MISSED'
}

/** A line a figure: value, target, whether it is held, and the ratio to the machine's own ceiling. */
export const tableOf = (figures: readonly Figure[], ceiling: MachineCeiling): string => {
  const rowOf = (figure: Figure): readonly string[] => {
    const ratio = ratioOf(figure, ceiling)
    const value = `${plain(figure.value)} ${figure.unit}`
    const times = ratio === undefined ? '' : `${plain(ratio)} ×`
    return [figure.scenario, figure.name, value, targetOf(figure), verdictOf(figure), times]
  }
  const withTarget = figures.filter((figure) => isHeld(figure) !== undefined)
  const others = figures.filter((figure) => isHeld(figure) === undefined)
  const head = ['scenario', 'figure', 'value', 'target', '', 'ceiling']
  return aligned([head, ...withTarget.map(rowOf), ...others.map(rowOf)], [2, 3, 5])
}
