import type { SeedReport } from '../../packages/core/test/sim/run-seed.ts'

/** Over fewer seeds a rare fault may well not fire. */
const SEEDS_FOR_EVERY_FAULT = 200

export interface Summary {
  readonly add: (report: SeedReport) => void
  readonly lines: () => readonly string[]
  /** Whether nothing is wrong with the product, or with the simulator. */
  readonly isGood: () => boolean
}

export const createSummary = (): Summary => {
  const totals = { seeds: 0, heights: 0, laterRounds: 0, transactions: 0, events: 0 }
  const faults = new Map<string, { times: number; seeds: number }>()
  const failures: SeedReport[] = []
  const silent = (): string[] =>
    totals.seeds < SEEDS_FOR_EVERY_FAULT
      ? []
      : [...faults].filter(([, { times }]) => times === 0).map(([name]) => name)
  return {
    add: (report) => {
      totals.seeds += 1
      totals.heights += report.heights
      totals.laterRounds += report.laterRounds
      totals.transactions += report.transactions
      totals.events += report.events
      if (report.violation) failures.push(report)
      for (const [name, times] of Object.entries(report.faults)) {
        const known = faults.get(name) ?? { times: 0, seeds: 0 }
        faults.set(name, { times: known.times + times, seeds: known.seeds + (times > 0 ? 1 : 0) })
      }
    },
    lines: () => [
      `${totals.seeds} seeds, ${totals.heights} heights, ${totals.laterRounds} of them in rounds above zero, ` +
        `${totals.transactions} transactions, ${totals.events} events`,
      ...[...faults].map(([name, { times, seeds }]) => `${name.padEnd(26)} ${times} times in ${seeds} seeds`),
      ...silent().map((name) => `never fired: ${name}`),
      ...failures.map(({ seed, violation }) => `seed ${seed}: ${violation?.message}`),
      failures.length === 0 ? 'no rule was broken' : `${failures.length} seeds broke a rule`,
    ],
    isGood: () => failures.length === 0 && silent().length === 0,
  }
}
