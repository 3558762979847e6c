import type { MeasuredSpan } from '../scenarios/scenario.ts'
import { addProfile, type CpuProfile, type SelfTimes } from './self-times.ts'

const ROWS_MAX = 40
const FUNCTIONS = 4

const heaviest = (functions: ReadonlyMap<string, number>): string =>
  [...functions]
    .sort(([, a], [, b]) => b - a)
    .slice(0, FUNCTIONS)
    .map(([name]) => name)
    .join(', ')

/** Where the main threads of all daemons were in a span: places by self time, idling apart. */
export const profileTable = (profiles: readonly CpuProfile[], span: MeasuredSpan): string => {
  const times: SelfTimes = new Map()
  for (const profile of profiles) addProfile(times, profile, span)
  const idle = times.get('idle')?.microseconds ?? 0
  const rows = [...times]
    .filter(([place]) => place !== 'idle')
    .sort(([, a], [, b]) => b.microseconds - a.microseconds)
  const busy = rows.reduce((sum, [, { microseconds }]) => sum + microseconds, 0)
  if (busy === 0) return `${span.name}: no profile has anything of it`
  // What a profile shows of a transaction at one daemon: four daemons each do the work.
  const daemons = profiles.filter(
    ({ startTime, timeDeltas }) =>
      startTime < span.toUs && startTime + timeDeltas.reduce((sum, each) => sum + each, 0) > span.fromUs,
  ).length
  const perTransaction = (microseconds: number): string =>
    span.committed === 0 ? '' : (microseconds / daemons / span.committed).toFixed(1)
  const lines = rows.slice(0, ROWS_MAX).map(([place, { microseconds, functions }]) => {
    const share = ((100 * microseconds) / busy).toFixed(1)
    return `${share.padStart(6)} ${perTransaction(microseconds).padStart(8)}  ${place.padEnd(28)}  ${heaviest(functions)}`
  })
  const share = Math.round((100 * busy) / (busy + idle))
  return [
    `${span.name}: ${daemons} daemons, main threads busy for ${share} % of the time` +
      (span.committed === 0 ? '' : `, ${perTransaction(busy)} µs a transaction and daemon`),
    `     % ${span.committed === 0 ? '        ' : 'µs a tx.'}  where                         heaviest functions`,
    ...lines,
  ].join('\n')
}
