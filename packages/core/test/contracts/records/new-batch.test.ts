import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Anchoring, anchoringSchema, anchorsRootOf } from '../../../src/contracts/index.ts'
import { readNewBatch } from '../../../src/contracts/records/new-batch.ts'
import { concatBytes, decode, encode, unwrap } from '../../../src/encoding/index.ts'

const filled = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (seed * 31 + index * 7) % 251)

const anchoringOf = (count: number, epoch = 0): Anchoring => ({
  chart: filled(32, 1),
  batchId: filled(16, 2),
  nonce: filled(16, 3),
  epoch,
  anchors: Array.from({ length: count }, (_, index) => ({
    commitment: filled(32, index),
    ciphertextDigest: filled(32, index + 1),
    envelopeDigest: filled(32, index + 2),
  })),
})

/** What the schema says of the bytes has to be what is read of them without making the anchors. */
const assertSame = (payload: Uint8Array): void => {
  const expected = decode(anchoringSchema, payload)
  const actual = readNewBatch(payload)
  assert.is(actual.ok, expected.ok)
  if (!actual.ok || !expected.ok) {
    assert.equal(actual, expected)
    return
  }
  const { anchors, ...head } = expected.value
  const { count, anchorsRoot, ...rest } = actual.value
  assert.equal(rest, head)
  assert.is(count, anchors.length)
  assert.equal(anchorsRoot(), anchorsRootOf(anchors))
}

test('batches of every length and epoch are read as their schema reads them', () => {
  for (const count of [0, 1, 2, 23, 24, 255, 256, 999, 1000])
    assertSame(encode(anchoringSchema, anchoringOf(count)))
  for (const epoch of [0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32, Number.MAX_SAFE_INTEGER])
    assertSame(encode(anchoringSchema, anchoringOf(3, epoch)))
})

test('a batch of more than a thousand is refused', () => {
  const whole = encode(anchoringSchema, anchoringOf(1000))
  const list = whole.length - 1000 * 103 - 3
  const more = concatBytes(whole.subarray(0, list), Uint8Array.of(0x99, 0x03, 0xe9), whole.subarray(list + 3))
  assertSame(concatBytes(more, whole.subarray(whole.length - 103)))
})

test('longer forms of the list and the epoch are refused', () => {
  const whole = encode(anchoringSchema, anchoringOf(2))
  const epoch = 69
  const head = (at: number, ...bytes: number[]) =>
    concatBytes(whole.subarray(0, at), Uint8Array.from(bytes), whole.subarray(at + 1))
  for (const payload of [
    head(epoch, 0x18, 0),
    head(epoch, 0x19, 0, 0),
    head(epoch, 0x1f),
    head(epoch + 1, 0x98, 2),
    head(epoch + 1, 0x99, 0, 2),
    head(epoch + 1, 0x9f),
  ]) {
    assertSame(payload)
    assert.not.ok(readNewBatch(payload).ok)
  }
})

test('the root is computed once', () => {
  const { anchorsRoot } = unwrap(readNewBatch(encode(anchoringSchema, anchoringOf(3))))
  assert.is(anchorsRoot(), anchorsRoot())
})

test('whatever bytes are changed, cut off or added, the schema agrees', () => {
  const byte = fc.nat(255)
  fc.assert(
    fc.property(
      fc.nat(30),
      fc.array(fc.tuple(fc.nat(300), byte), { maxLength: 3 }),
      fc.nat(40),
      fc.uint8Array({ maxLength: 12 }),
      (count, changes, cut, added) => {
        const payload = encode(anchoringSchema, anchoringOf(count)).slice()
        for (const [at, value] of changes) payload[at % payload.length] = value
        assertSame(concatBytes(payload.subarray(0, payload.length - (cut > 20 ? 0 : cut)), added))
      },
    ),
    { numRuns: 3000 },
  )
})

test('every byte that is not of a hash or an id matters', () => {
  const whole = encode(anchoringSchema, anchoringOf(2))
  for (let at = 0; at < whole.length; at++)
    for (const value of [0, 0x18, 0x58, 0x80, 0x83, 0x98, 0xff]) {
      const changed = whole.slice()
      changed[at] = value
      assertSame(changed)
    }
})

test.run()
