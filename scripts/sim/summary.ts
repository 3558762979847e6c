import type { SeedReport } from '../../packages/core/test/sim/run-seed.ts'

/** Over fewer seeds a rare fault may well not fire. */
const SEEDS_FOR_EVERY_FAULT = 200
/** Over so many, each fault fires in at least this share of them. */
const SEEDS_FOR_SHARES = 1000
const SHARE_MIN = 0.01

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
  const shareOf = ({ seeds }: { readonly seeds: number }): number => seeds / totals.seeds
  const silent = (): string[] => {
    if (totals.seeds < SEEDS_FOR_EVERY_FAULT) return []
    const least = totals.seeds < SEEDS_FOR_SHARES ? 0 : SHARE_MIN
    return [...faults]
      .filter(([, fired]) => fired.times === 0 || shareOf(fired) < least)
      .map(([name]) => name)
  }
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
      ...[...faults].map(
        ([name, fired]) =>
          `${name.padEnd(26)} ${String(fired.times).padStart(8)} times, in ${(100 * shareOf(fired)).toFixed(1).padStart(5)} % of the seeds`,
      ),
      ...silent().map((name) => `fires too seldom: ${name}`),
      ...failures.map(({ seed, violation }) => `seed ${seed}: ${violation?.message}`),
      failures.length === 0 ? 'no rule was broken' : `${failures.length} seeds broke a rule`,
    ],
    isGood: () => failures.length === 0 && silent().length === 0,
  }
}
