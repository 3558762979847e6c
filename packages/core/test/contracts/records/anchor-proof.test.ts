import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import {
  anchorsRootOf,
  createAnchorProver,
  type ProvenAnchor,
  verifyAnchor,
} from '../../../src/contracts/records/index.ts'

const anchorOf = (byte: number) => ({
  commitment: new Uint8Array(32).fill(byte),
  ciphertextDigest: new Uint8Array(32).fill(byte + 100),
  envelopeDigest: new Uint8Array(32).fill(byte + 200),
})

test('each anchor of a batch is proven alone, and at no other place', () => {
  for (const count of [1, 2, 3, 7, 8, 21]) {
    const anchors = Array.from({ length: count }, (_, index) => anchorOf(index))
    const batch = { count, anchorsRoot: anchorsRootOf(anchors) }
    const prove = createAnchorProver(anchors)
    for (let position = 0; position < count; position++) {
      const proven = prove(position) as ProvenAnchor
      equal(proven.anchor, anchors[position])
      ok(verifyAnchor(batch, position, proven), `${position} of ${count}`)
      is(verifyAnchor(batch, (position + 1) % (count + 1), proven), false)
      is(verifyAnchor(batch, position, { ...proven, anchor: anchorOf(50) }), false)
      is(verifyAnchor({ ...batch, anchorsRoot: new Uint8Array(32) }, position, proven), false)
    }
    is(prove(count), undefined)
    is(prove(-1), undefined)
  }
})

test.run()
