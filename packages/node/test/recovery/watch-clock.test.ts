import { test } from 'uvu'
import { equal } from 'uvu/assert'
import type { Clock } from '../../src/clock.ts'
import type { Logger } from '../../src/logger.ts'
import { createMetrics } from '../../src/metrics/index.ts'
import { watchClock } from '../../src/recovery/index.ts'
import type { Ledger } from '../../src/replica/index.ts'

interface Committed {
  readonly header: { readonly height: number; readonly timeMs: number }
}

/** A watched node whose clock shows `offsetMs` more than the proposers' clocks; blocks take 200 ms. */
const watchWith = (offsetMs: number) => {
  const warned: unknown[] = []
  let nowMs = 1_000_000
  let isSyncing = false
  let height = 0
  let headHeight = 0
  let committed = (_event: Committed): void => undefined
  const ledger = {
    status: () => ({ syncing: isSyncing, height: Math.max(height, headHeight) }),
    onCommitted: (listener: typeof committed) => {
      committed = listener
      return () => undefined
    },
  } as unknown as Ledger
  const clock = { wallMs: () => nowMs + offsetMs } as Clock
  const logger = { warn: (fields: { code: string }) => warned.push(fields.code) } as unknown as Logger
  const skewMs = watchClock({ ledger, clock, logger, metrics: createMetrics() })
  return {
    warned,
    skewMs,
    /** Blocks up to this height are on the disk before the first of them is told. */
    answer: (toHeight: number): void => {
      headHeight = toHeight
    },
    blocks: (count: number, ahead = 0, syncing = false): void => {
      isSyncing = syncing
      for (let made = 0; made < count; made++) {
        height += 1
        committed({ header: { height, timeMs: nowMs + ahead } })
        nowMs += 200
      }
    },
  }
}

test('a clock that agrees, is ahead, is behind', () => {
  for (const [offsetMs, expected, codes] of [
    [0, 0, []],
    [300, 300, []],
    [60_000, 60_000, ['clock.skew']],
    [-9000, -9000, ['clock.skew']],
  ] as const) {
    const { skewMs, blocks, warned } = watchWith(offsetMs)
    equal(skewMs(), undefined)
    blocks(20)
    equal([skewMs(), warned], [expected, codes])
  }
})

test('one proposer ahead of all and blocks of a node that catches up say nothing', () => {
  const { skewMs, blocks, warned } = watchWith(0)
  for (let turn = 0; turn < 10; turn++) {
    blocks(3)
    blocks(1, 10_000)
  }
  equal([skewMs(), warned], [0, []])
  const late = watchWith(90_000)
  late.blocks(20, 0, true)
  equal(late.skewMs(), undefined)
  const last = watchWith(90_000)
  last.answer(20)
  last.blocks(19)
  equal(last.skewMs(), undefined)
})

test.run()
