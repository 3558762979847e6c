import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { answerRequest, createFetcher } from '../../src/sync/index.ts'

test('a new neighbour is asked once, then only with a reason', () => {
  const fetcher = createFetcher()
  fetcher.peerUp('a')
  const first = fetcher.next(1)
  assert.is(first?.to, 'a')
  assert.is(fetcher.next(1), undefined)
  assert.ok(fetcher.answered('a', first?.token ?? 0, 0, 0))
  assert.is(fetcher.next(1), undefined)
  fetcher.hint('a', 5)
  assert.is(fetcher.next(1)?.fromHeight, 1)
})

test('whoever fails is asked after the others', () => {
  const fetcher = createFetcher()
  for (const peer of ['a', 'b']) fetcher.peerUp(peer)
  fetcher.hint('a', 10)
  fetcher.hint('b', 10)
  const first = fetcher.next(1)
  assert.is(first?.to, 'a')
  fetcher.failed('a', first?.token, 0)
  assert.is(fetcher.next(1)?.to, 'b')
})

test('claims without blocks are taken back', () => {
  const fetcher = createFetcher()
  fetcher.peerUp('a')
  fetcher.hint('a', 1_000_000)
  const first = fetcher.next(8)
  fetcher.answered('a', first?.token ?? 0, 1_000_000, 0)
  assert.is(fetcher.seenHeight(), 7)
  assert.is(fetcher.next(8), undefined)
})

/** Who is asked in twelve requests when `a` always claims the most and answers so many blocks after so long. */
const askedOf = (blocks: number, afterMs: number): string => {
  const fetcher = createFetcher()
  for (const peer of ['a', 'b', 'c']) fetcher.peerUp(peer)
  let [asked, fromHeight, nowMs] = ['', 1, 0]
  for (let turn = 0; turn < 12; turn++) {
    fetcher.hint('a', 1_000_000)
    for (const peer of ['b', 'c']) fetcher.hint(peer, 10_000)
    const request = fetcher.next(fromHeight, nowMs)
    if (!request) throw new Error('nobody was asked')
    asked += request.to
    const count = request.to === 'a' ? blocks : 100
    nowMs += request.to === 'a' ? afterMs : 20
    fetcher.answered(request.to, request.token, 1_000_000, count, nowMs)
    fromHeight += count
  }
  return asked
}

test('who promises much and gives nothing, late or little takes no more than its turn', () => {
  assert.is(askedOf(0, 2900), 'abcbcbcbcbcb')
  assert.is(askedOf(1, 2900), 'abcbcbcbcbcb')
  assert.is(askedOf(1, 20), 'abcabcabcabc')
})

test('answers nobody asked for are nothing', () => {
  const fetcher = createFetcher()
  for (const peer of ['a', 'b']) fetcher.peerUp(peer)
  const first = fetcher.next(1)
  assert.is(fetcher.answered('b', first?.token ?? 0, 9, 9), undefined)
  assert.is(fetcher.answered('a', 99, 9, 9), undefined)
  assert.ok(fetcher.active())
  fetcher.peerDown('a')
  assert.is(fetcher.active(), undefined)
})

test('an answer is bounded by number and bytes but carries at least one block', () => {
  const read = (height: number) => (height <= 10 ? new Uint8Array(100) : undefined)
  const count = (fromHeight: number, blocksMax: number, sizeBytesMax: number) =>
    answerRequest({ fromHeight, blocksMax, sizeBytesMax }, 10, read).blocks.length
  assert.is(count(1, 4, 10_000), 4)
  assert.is(count(1, 100, 250), 2)
  assert.is(count(1, 100, 10), 1)
  assert.is(count(9, 100, 10_000), 2)
  assert.is(count(11, 100, 10_000), 0)
  assert.is(count(0, 100, 10_000), 0)
})

test.run()
