import {
  chartEpochs,
  charts,
  type Emergency,
  emergencies,
  emergencyCounts,
  emergencyOrder,
} from '@medchain/core'
import { test } from 'uvu'
import { is } from 'uvu/assert'
import { custodians } from '../../src/rotating/custodians.ts'

type View = Parameters<typeof custodians.isDue>[0]

/** Whether a chart whose epoch began at height 10, at 1,000 s, is due when one emergency of it is known at 2,000 s. */
const isDueAfter = (emergency: Partial<Emergency>): boolean => {
  const known = new Map<unknown, unknown>([
    [charts, { epoch: 1, registeredHeight: 1 }],
    [chartEpochs, { height: 10, timeMs: 1_000_000 }],
    [emergencyCounts, 1],
    [emergencyOrder, new Uint8Array(32)],
    [emergencies, { declaredHeight: 5, fromMs: 0, untilMs: 0, ...emergency }],
  ])
  const view = { get: (table: unknown) => known.get(table) } as unknown as View
  return custodians.isDue(view, { height: 20, timeMs: 2_000_000 }, new Uint8Array(32))
}

for (const [name, emergency, isDue] of [
  ['one that was over before the epoch began', { untilMs: 999_999 }, false],
  ['one that ended since', { untilMs: 1_500_000 }, true],
  ['one that is in force', { untilMs: 2_500_000 }, false],
  ['one that nobody co-signed', { untilMs: 1_500_000, fromMs: undefined }, false],
  ['one of a halt that was anchored since, whenever it says that it was', { declaredHeight: 11 }, true],
] as const)
  test(`a new epoch after ${name}: ${isDue ? 'due' : 'not due'}`, () => is(isDueAfter(emergency), isDue))

test.run()
