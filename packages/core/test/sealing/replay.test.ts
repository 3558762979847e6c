import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { CHUNK_BYTES, createChunkOpener, createChunkSealer } from '../../src/sealing/index.ts'
import { plainCiphers } from './plain-ciphers.ts'

const key = new Uint8Array(32).fill(5)
const plain = Uint8Array.from({ length: 3 * CHUNK_BYTES + 100 }, (_, at) => at % 251)
const sealer = createChunkSealer(key, 1, plainCiphers)
const sealed = Buffer.concat([sealer.push(plain), sealer.finish()])

test('chunks that are known from before give the same ciphertext, and the rest opens behind them', () => {
  for (const chunks of [1, 2, 3]) {
    const opener = createChunkOpener(key, plainCiphers)
    const again = opener.replay(plain.subarray(0, chunks * CHUNK_BYTES))
    ok(Buffer.from(again).equals(sealed.subarray(0, again.length)))
    const rest = opener.push(sealed.subarray(again.length)) as Uint8Array
    const last = opener.finish() as Uint8Array
    equal(Buffer.concat([rest, last]), Buffer.from(plain.subarray(chunks * CHUNK_BYTES)))
  }
})

test('other chunks give another ciphertext', () => {
  const other = Uint8Array.from(plain.subarray(0, CHUNK_BYTES))
  other[0] = 200
  const again = createChunkOpener(key, plainCiphers).replay(other)
  is(Buffer.from(again).equals(sealed.subarray(0, again.length)), false)
})

test.run()
