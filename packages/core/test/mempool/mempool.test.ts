import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { pendingFromBytes } from '../../src/contracts/execute.ts'
import { refuse, unwrap } from '../../src/encoding/index.ts'
import { encodeTransaction } from '../../src/ledger/transaction.ts'
import { createIdWindow, createMempool, isBusy, type MempoolEntry } from '../../src/mempool/index.ts'

const LIMITS = {
  transactionsMax: 6,
  sizeBytesMax: 2000,
  perAccountMax: 3,
  perInstitutionMax: 4,
  perInstitutionSizeBytesMax: 1500,
}

const fill = (value: number, length = 32): Uint8Array => new Uint8Array(length).fill(value)

const entry = (
  sender: number,
  salt: number,
  { institution = sender, expiryMs = 1000, payload = 0 } = {},
): MempoolEntry => ({
  institution: fill(institution),
  arrivedMs: 0,
  isOwn: false,
  pending: unwrap(
    pendingFromBytes(
      encodeTransaction({
        body: {
          version: 1,
          networkId: fill(1),
          sender: fill(sender),
          expiryMs,
          salt: fill(salt, 16),
          kind: 'a.b',
          payload: fill(0, payload),
        },
        signatures: [{ signer: fill(sender), signature: fill(0, 64) }],
      }),
    ),
  ),
})

const codeOf = (result: ReturnType<ReturnType<typeof createMempool>['add']>): string =>
  result.ok ? 'ok' : result.code
const saltOf = ({ pending }: MempoolEntry): number => pending.transaction.body.salt[0] as number

test('each bound has its own code, and only the busy ones ask to come again', () => {
  const mempool = createMempool(LIMITS)
  assert.is(codeOf(mempool.add(entry(1, 1))), 'ok')
  assert.is(codeOf(mempool.add(entry(1, 1))), 'tx.repeated')
  mempool.add(entry(1, 2))
  mempool.add(entry(1, 3))
  assert.is(codeOf(mempool.add(entry(1, 4))), 'mempool.account-busy')
  mempool.add(entry(2, 5, { institution: 1 }))
  assert.is(codeOf(mempool.add(entry(3, 6, { institution: 1 }))), 'mempool.institution-busy')
  assert.is(codeOf(mempool.add(entry(4, 7, { payload: 1500 }))), 'mempool.full')
  mempool.add(entry(4, 8))
  mempool.add(entry(5, 9))
  assert.is(codeOf(mempool.add(entry(6, 10))), 'mempool.full')
  assert.ok(isBusy('mempool.full') && isBusy('mempool.account-busy') && !isBusy('tx.repeated'))
})

test('selection takes a transaction of each sender in turn, oldest first, within the budget', () => {
  const mempool = createMempool({ ...LIMITS, transactionsMax: 100, perAccountMax: 100, sizeBytesMax: 1e6 })
  for (const salt of [1, 2, 3]) mempool.add(entry(1, salt, { institution: salt }))
  mempool.add(entry(2, 4))
  mempool.add(entry(3, 5))
  const take = () => ({ type: 'take' as const })
  assert.equal(mempool.select({ transactions: 10, sizeBytes: 1e6 }, take).taken.map(saltOf), [1, 4, 5, 2, 3])
  assert.equal(mempool.select({ transactions: 2, sizeBytes: 1e6 }, take).taken.map(saltOf), [1, 4])
  const one = entry(1, 1).pending.bytes.length
  assert.is(mempool.select({ transactions: 10, sizeBytes: one * 2 }, take).taken.length, 2)
  assert.is(mempool.size().transactions, 5)
})

test('one institution fills no mempool with few large transactions', () => {
  const mempool = createMempool(LIMITS)
  const large = entry(1, 1, { payload: 1000 })
  assert.is(codeOf(mempool.add(large)), 'ok')
  assert.is(codeOf(mempool.add(entry(2, 2, { institution: 1, payload: 200 }))), 'mempool.institution-busy')
  assert.is(codeOf(mempool.add(entry(3, 3, { payload: 200 }))), 'ok')
  mempool.remove(large.pending.names.txId)
  assert.is(codeOf(mempool.add(entry(2, 2, { institution: 1, payload: 200 }))), 'ok')
})

test('who always has more waiting keeps nobody from a turn', () => {
  const mempool = createMempool(LIMITS)
  for (const each of [entry(1, 1), entry(1, 2), entry(2, 3)]) mempool.add(each)
  const turns: number[] = []
  for (const more of [4, 5, 6]) {
    const { taken } = mempool.select({ transactions: 1, sizeBytes: 1e6 }, () => ({ type: 'take' }))
    for (const each of taken) {
      turns.push(saltOf(each))
      mempool.remove(each.pending.names.txId)
    }
    mempool.add(entry(1, more))
  }
  assert.equal(turns, [1, 3, 2])
})

test('what the assembler refuses leaves the mempool, and room is free again', () => {
  const mempool = createMempool(LIMITS)
  for (const salt of [1, 2, 3]) mempool.add(entry(1, salt))
  const { taken, dropped } = mempool.select({ transactions: 10, sizeBytes: 1e6 }, (each) =>
    saltOf(each) === 2 ? { type: 'drop', refusal: refuse('consent.none', '') } : { type: 'take' },
  )
  assert.equal(taken.map(saltOf), [1, 3])
  assert.equal(
    dropped.map(({ refusal }) => refusal.code),
    ['consent.none'],
  )
  assert.is(codeOf(mempool.add(entry(1, 4))), 'ok')
  for (const each of [entry(1, 1), entry(1, 3), entry(1, 4)]) mempool.remove(each.pending.names.txId)
  assert.equal(mempool.size(), { transactions: 0, sizeBytes: 0 })
})

test('block time evicts what has expired', () => {
  const mempool = createMempool(LIMITS)
  mempool.add(entry(1, 1, { expiryMs: 500 }))
  mempool.add(entry(1, 2, { expiryMs: 501 }))
  assert.equal(
    mempool.expire(500).map(({ refusal }) => refusal.code),
    ['tx.expired'],
  )
  assert.is(mempool.size().transactions, 1)
})

test('an id is remembered until its expiry has passed, and not for ever', () => {
  const ids = createIdWindow()
  ids.add('one', 15_000)
  ids.advance(15_000)
  assert.ok(ids.has('one'))
  ids.advance(19_999)
  assert.ok(ids.has('one'))
  ids.advance(20_000)
  assert.not.ok(ids.has('one'))
  assert.is(ids.size(), 0)
})

test.run()
