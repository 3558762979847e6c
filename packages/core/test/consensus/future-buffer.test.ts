import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createFutureBuffer } from '../../src/consensus/future-buffer.ts'
import { type ConsensusMessage, encodeFrame } from '../../src/consensus/index.ts'
import { HEIGHT, makeBlock, preparedBy, proposal, roundChange, vote } from './engine-bench.ts'

const NEXT = HEIGHT + 1
const block = makeBlock(0, 0, 0, NEXT)

test('of what is to come a sender leaves sixty-four messages, two of them proposals and eight round-changes', () => {
  const buffer = createFutureBuffer()
  const certificate = preparedBy(block, 0)
  // The largest that can be encoded: the bytes of a sender are bounded whatever it sends.
  const signatures = Array.from({ length: 256 }, () => new Uint8Array(64))
  const prepared = { ...certificate, signatures }
  const wireHashes = Array.from({ length: 4096 }, () => new Uint8Array(32))
  const { outline, ...rest } = proposal(3, block, 0, {}, NEXT)
  const claims = Array.from({ length: 256 }, () => roundChange(3, 1).claim)
  for (let round = 0; round < 100; round++) {
    const large = { ...rest, round, outline: { ...outline, wireHashes }, roundChanges: claims, prepared }
    const messages: readonly ConsensusMessage[] = [
      large,
      { ...roundChange(3, round + 1), height: NEXT, prepared },
      vote('prepare', 3, block, round, NEXT),
      vote('commit', 3, block, round, NEXT),
    ]
    for (const message of messages) buffer.add({ message, from: 'peer' })
  }
  const kept = buffer.take(NEXT).map(({ message }) => message)
  const countOf = (type: string): number => kept.filter((message) => message.type === type).length
  assert.equal([kept.length, countOf('proposal'), countOf('round-change')], [64, 2, 8])
  const sizeBytes = kept.reduce((sum, message) => sum + encodeFrame(message).length, 0)
  assert.ok(sizeBytes < 600 * 1024, `${sizeBytes} bytes`)
  assert.equal(buffer.take(NEXT), [])
})

test('one sender that floods leaves room for the others', () => {
  const buffer = createFutureBuffer()
  for (let round = 0; round < 500; round++)
    buffer.add({ message: vote('prepare', 3, block, round, NEXT), from: 'peer' })
  buffer.add({ message: vote('prepare', 1, block, 0, NEXT), from: 'peer' })
  assert.is(buffer.take(NEXT).filter(({ message }) => 'sender' in message && message.sender === 1).length, 1)
})

test.run()
