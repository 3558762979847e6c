import { createHash } from 'node:crypto'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { hashTagged, leafHash, rootFromLeafHashes } from '../../src/crypto/index.ts'
import { rootOfRow } from '../../src/crypto/row-root.ts'

const TAG = 'medchain/test/1'

const filled = (length: number, seed = 1): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (seed * 31 + index * 7) % 251)

test('contents of any length are hashed behind their tag', () => {
  const prefix = Buffer.concat([Uint8Array.of(TAG.length), Buffer.from(TAG)])
  for (const length of [
    0,
    1,
    4095 - TAG.length,
    4096 - TAG.length,
    5000,
    100_000,
    1 << 20,
    2 << 20,
    4097,
    3,
  ]) {
    const [one, other] = [filled(length), filled(10, 2)]
    const expected = createHash('sha256').update(prefix).update(one).update(other).digest()
    assert.equal(hashTagged(TAG, one, other), new Uint8Array(expected), `${length} bytes`)
  }
})

test('the root of a row is that of its leaves', () => {
  for (const length of [1, 32, 64, 103])
    for (const count of [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 100]) {
      const row = filled(length * count)
      const leaves = Array.from({ length: count }, (_, index) =>
        leafHash(row.subarray(index * length, (index + 1) * length)),
      )
      assert.equal(rootOfRow(row, length), rootFromLeafHashes(leaves), `${count} of ${length}`)
    }
})

test.run()
