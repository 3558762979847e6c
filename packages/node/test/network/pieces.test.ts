import fc from 'fast-check'
import { Uint8ArrayList } from 'uint8arraylist'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MESSAGE_BYTES_MAX, PIECE_BYTES_MAX } from '../../src/network/limits.ts'
import type { NetworkError } from '../../src/network/network-error.ts'
import { createFrameQueue } from '../../src/network/wire/frame-queue.ts'
import { createAssembler, PIECE_MESSAGE_BYTES_MAX, pieceAt } from '../../src/network/wire/pieces.ts'

const messagesOf = (frame: Uint8Array): Uint8ArrayList[] => {
  const messages: Uint8ArrayList[] = []
  let offset = 0
  do {
    const { piece, next } = pieceAt(frame, offset)
    messages.push(new Uint8ArrayList(piece.flag, piece.payload))
    offset = next
  } while (offset < frame.length)
  return messages
}

const EDGES = [0, 1, PIECE_BYTES_MAX - 1, PIECE_BYTES_MAX, PIECE_BYTES_MAX + 1, 3 * PIECE_BYTES_MAX]

test('a frame of any size comes back whole from its pieces, none of them over 64 KiB', () => {
  const size = fc.oneof(fc.constantFrom(...EDGES), fc.nat({ max: 4 * PIECE_BYTES_MAX }))
  fc.assert(
    fc.property(size, fc.nat({ max: 255 }), (bytes, fill) => {
      const frame = new Uint8Array(bytes).fill(fill)
      const assembler = createAssembler(4 * PIECE_BYTES_MAX)
      const messages = messagesOf(frame)
      const frames = messages.map((message) => assembler.push(message))
      assert.ok(messages.every((message) => message.byteLength <= PIECE_MESSAGE_BYTES_MAX))
      assert.ok(frames.slice(0, -1).every((early) => early === undefined))
      assert.ok(Buffer.from(frame).equals(frames.at(-1) ?? Uint8Array.of(fill + 1)))
    }),
    { numRuns: 100 },
  )
})

test('the assembler answers arbitrary messages with a frame, nothing or a coded error', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 10 }), (messages) => {
      const assembler = createAssembler(100)
      for (const message of messages)
        try {
          assembler.push(new Uint8ArrayList(message))
        } catch (error) {
          assert.match((error as NetworkError).code, /^network\.(malformed|too-large)$/)
          return
        }
    }),
  )
})

test('the queue keeps its bounds, drops the oldest whole frames and never one that is partly sent', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 3 })), { maxLength: 200 }),
      (steps) => {
        const bytesMax = 6 * PIECE_BYTES_MAX
        const queue = createFrameQueue({ bytesMax, framesMax: 5 })
        const assembler = createAssembler(3 * PIECE_BYTES_MAX)
        let pushed = 0
        let dropped = 0
        let lastSeen = -1
        let seen = 0
        const take = (): boolean => {
          const [piece] = queue.nextPieces(1)
          if (piece === undefined) return false
          const frame = assembler.push(new Uint8ArrayList(piece.flag, piece.payload))
          if (frame === undefined) return true
          const number = new DataView(frame.buffer).getUint32(0)
          assert.ok(number > lastSeen)
          lastSeen = number
          seen += 1
          return true
        }
        for (const [isPush, pieces] of steps) {
          if (!isPush) take()
          else {
            const frame = new Uint8Array(pieces * PIECE_BYTES_MAX)
            new DataView(frame.buffer).setUint32(0, pushed)
            pushed += 1
            dropped += queue.push(frame)
          }
          assert.ok(queue.bytes <= bytesMax + 3 * PIECE_BYTES_MAX)
        }
        while (take());
        assert.is(seen + dropped, pushed)
        assert.is(queue.bytes, 0)
      },
    ),
  )
})

test('a new stream begins with the whole of the frame that was under way', () => {
  const queue = createFrameQueue({ bytesMax: 1 << 20, framesMax: 10 })
  queue.push(new Uint8Array(2 * PIECE_BYTES_MAX).fill(5))
  queue.nextPieces(1)
  queue.rewind()
  assert.is(queue.bytes, 2 * PIECE_BYTES_MAX)
})

test('small frames leave together, as many as one message holds, and a large one alone', () => {
  const queue = createFrameQueue({ bytesMax: 1 << 20, framesMax: 10 })
  for (const size of [100, 200, PIECE_BYTES_MAX, 300, 400]) queue.push(new Uint8Array(size))
  const sizes = (): number[] => queue.nextPieces(MESSAGE_BYTES_MAX).map(({ payload }) => payload.length)
  assert.equal([sizes(), sizes(), sizes(), sizes()], [[100, 200], [PIECE_BYTES_MAX], [300, 400], []])
})

test.run()
