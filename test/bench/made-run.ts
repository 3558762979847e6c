import type { RunRecord } from '../../bench/report/run-record.ts'

/** A run with a figure of each sort. */
export const run = (at: string, differing: Partial<RunRecord['conditions']> = {}): RunRecord => ({
  at,
  commit: 'abc1234',
  node: '24.0.0',
  machine: { processor: 'A processor', cores: 2, memoryGigabytes: 8, system: 'linux x64' },
  conditions: {
    quick: false,
    scenarios: ['healthy', 'overload'],
    failed: ['query'],
    mix: { epoch: 1 },
    spanSeconds: 20,
    warmUpSeconds: 5,
    load: [0.7, 1.9],
    ...differing,
  },
  ceiling: {
    ...{ cores: 2, verificationsPerSecond: 15_000, hashesPerSecond: 700_000 },
    ...{ syncP50Ms: 0.25, roundTripP50Ms: 0.05 },
  },
  results: [
    {
      scenario: 'healthy',
      name: 'single submissions',
      value: 1_500,
      unit: 'per second',
      atLeast: 2_000,
      ratio: 0.1,
    },
    { scenario: 'healthy', name: '200/s: p50', value: 22.5, unit: 'ms', atMost: 30, ratio: 75 },
    { scenario: 'overload', name: 'goodput', value: null, unit: '%', atLeast: 90 },
    { scenario: 'healthy', name: '200/s: processor time a daemon', value: 400, unit: 'µs', ratio: 6 },
  ],
  loads: [
    {
      scenario: 'healthy',
      name: '3000/s',
      offered: 3_000,
      committed: 1_500,
      p50Ms: null,
      p95Ms: null,
      p99Ms: null,
      refused: 40,
    },
    {
      scenario: 'healthy',
      name: '200/s',
      offered: 200,
      committed: 199,
      p50Ms: 22.5,
      p95Ms: 41,
      p99Ms: 60,
      refused: 0,
    },
    {
      scenario: 'healthy',
      name: '200/s, block interval 0 ms',
      offered: 200,
      committed: 200,
      p50Ms: 9,
      p95Ms: 12,
      p99Ms: 15,
      refused: 0,
    },
  ],
})
