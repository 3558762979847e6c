import type { Compartment } from '@medchain/core'
import { test } from 'uvu'
import { equal } from 'uvu/assert'
import type { ImportItem } from '../../src/importing/import-item.ts'
import {
  BATCH_BYTES_MAX,
  createBatchPlanner,
  INLINE_RECORD_BYTES_MAX,
  OPEN_BYTES_MAX,
} from '../../src/importing/plan-batches.ts'

const item = (compartment: Compartment, sizeBytes: number): ImportItem => ({
  path: 'x.json',
  content: { type: 'bytes', bytes: new Uint8Array(0) },
  sizeBytes,
  description: { resourceType: 'Observation', mediaType: 'application/fhir+json', title: '' },
  compartment,
  digest: new Uint8Array(32),
})

const many = (count: number, compartment: Compartment, sizeBytes: number): ImportItem[] =>
  Array.from({ length: count }, () => item(compartment, sizeBytes))

const table: readonly (readonly [string, ImportItem[], (readonly [Compartment, number, boolean])[]])[] = [
  ['nothing', [], []],
  [
    'two charts',
    [item('general', 1), item('hiv', 1), item('general', 1)],
    [
      ['general', 2, false],
      ['hiv', 1, false],
    ],
  ],
  [
    'a thousand to a batch',
    many(1001, 'general', 1),
    [
      ['general', 1000, false],
      ['general', 1, false],
    ],
  ],
  [
    'a large one travels alone',
    [item('imaging', 1), item('imaging', INLINE_RECORD_BYTES_MAX + 1), item('imaging', 1)],
    [
      ['imaging', 1, true],
      ['imaging', 2, false],
    ],
  ],
  ['bytes close a batch', many(3, 'general', BATCH_BYTES_MAX / 10), [['general', 3, false]]],
  [
    'and open the next',
    many(12, 'general', 900 * 1024),
    [
      ['general', 9, false],
      ['general', 3, false],
    ],
  ],
]

for (const [name, items, expected] of table) {
  test(name, () => {
    const planner = createBatchPlanner()
    const batches = [...items.flatMap(planner.add), ...planner.rest()]
    equal(
      batches.map((batch) => [batch.compartment, batch.items.length, batch.isLarge]),
      expected,
    )
  })
}

test('of too much that is open the largest batch goes first', () => {
  const planner = createBatchPlanner()
  const share = OPEN_BYTES_MAX / 40
  const first = [...many(3, 'hiv', share), ...many(19, 'general', share)].flatMap(planner.add)
  equal(first, [])
  const rest = many(18, 'medication', share).flatMap(planner.add)
  equal(
    rest.map(({ compartment, items }) => [compartment, items.length]),
    [['general', 19]],
  )
  equal(
    planner.rest().map(({ compartment, items }) => [compartment, items.length]),
    [
      ['medication', 18],
      ['hiv', 3],
    ],
  )
})

test.run()
