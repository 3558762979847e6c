import { blockHash, type Era, type Header, hexFromBytes, validatorSetHash } from '@medchain/core'
import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { afterHead, judgeHead } from '../../src/client/judge-head.ts'
import type { KnownChain } from '../../src/client/known-chain.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const id = (fill: number) => new Uint8Array(32).fill(fill)
const setOf = (fill: number) => [{ institution: id(fill), votingKey: id(fill + 1) }]
const first: Era = { fromHeight: 1, validators: setOf(1) }
const second: Era = { fromHeight: 50, validators: setOf(10) }

const headerAt = (height: number, timeMs: number, fill = 0): Header => ({
  version: 1,
  networkId: id(0),
  height,
  round: 0,
  parentHash: id(fill),
  timeMs,
  proposer: id(1),
  transactionsRoot: id(0),
  stateRoot: id(0),
  logRoot: id(0),
  logSize: 0,
  validatorSetHash: id(0),
  nextValidatorSetHash: id(0),
})

const seen = headerAt(100, NOW - 5000)
const known: KnownChain = {
  height: 100,
  timeMs: NOW - 5000,
  blockHash: hexFromBytes(blockHash(seen)),
  setFromHeight: 50,
  setHash: hexFromBytes(validatorSetHash(second.validators)),
}

const steps: readonly {
  readonly description: string
  readonly header: Header
  readonly eras?: readonly Era[]
  readonly known?: KnownChain
  readonly verdict: string
}[] = [
  { description: 'the next block', header: headerAt(101, NOW), verdict: 'fresh' },
  { description: 'the block that was seen', header: seen, verdict: 'fresh' },
  { description: 'a node that is a little behind', header: headerAt(95, NOW - 30_000), verdict: 'fresh' },
  {
    description: 'another block at the same height',
    header: headerAt(100, NOW - 5000, 1),
    verdict: 'rollback',
  },
  { description: 'more height in less time', header: headerAt(101, NOW - 6000), verdict: 'rollback' },
  { description: 'less height at a later time', header: headerAt(99, NOW), verdict: 'rollback' },
  { description: 'long behind what was seen', header: headerAt(60, NOW - 70_000), verdict: 'rollback' },
  {
    description: 'a former set goes on by itself',
    header: headerAt(120, NOW),
    eras: [first],
    verdict: 'rollback',
  },
  {
    description: 'a former set hands over to another',
    header: headerAt(120, NOW),
    eras: [first, { ...second, validators: setOf(20) }],
    verdict: 'rollback',
  },
  {
    description: 'the known set and one after it',
    header: headerAt(120, NOW),
    eras: [first, second, { fromHeight: 110, validators: setOf(30) }],
    verdict: 'fresh',
  },
  {
    description: 'an old head, though the newest that was seen',
    header: seen,
    known: { ...known, timeMs: NOW - 5000 },
    verdict: 'fresh',
  },
]

for (const { description, header, eras = [first, second], verdict } of steps) {
  test(`${description}: ${verdict}`, () => equal(judgeHead(header, eras, known, NOW).type, verdict))
}

test('without memory the clock alone speaks', () => {
  equal(judgeHead(headerAt(5, NOW - 60_000), [first], undefined, NOW), { type: 'fresh' })
  equal(judgeHead(headerAt(5, NOW - 60_001), [first], undefined, NOW), { type: 'old', ageMs: 60_001 })
  equal(judgeHead(seen, [first, second], known, NOW + 60_000).type, 'old')
})

test('the highest head and the newest set are remembered', () => {
  equal(afterHead(known, headerAt(99, NOW), [first, second]), known)
  const next = afterHead(known, headerAt(130, NOW), [
    first,
    second,
    { fromHeight: 110, validators: setOf(30) },
  ])
  equal([next.height, next.setFromHeight], [130, 110])
  equal(afterHead(undefined, headerAt(3, NOW), [first]).setFromHeight, 1)
})

test.run()
