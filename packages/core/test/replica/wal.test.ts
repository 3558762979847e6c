import { crc32 as zlibCrc32 } from 'node:zlib'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ConsensusRecord } from '../../src/consensus/index.ts'
import { bytesFromText, concatBytes, unwrap } from '../../src/encoding/index.ts'
import { crc32, installCrc32 } from '../../src/replica/crc32.ts'
import { decodeLastSigned, encodeLastSigned } from '../../src/replica/last-signed.ts'
import { decodeWal, encodeWal, encodeWalFrame, encodeWalHeader } from '../../src/replica/wal.ts'

const NETWORK = new Uint8Array(32).fill(7)

const vote = (round: number): ConsensusRecord => ({
  type: 'sent',
  message: {
    type: 'prepare',
    height: 5,
    round,
    sender: 1,
    blockHash: new Uint8Array(32).fill(round),
    signature: new Uint8Array(64).fill(round),
  },
})

const SALT = Uint8Array.from({ length: 16 }, (_, at) => 0x50 + at)
const header = encodeWalHeader(NETWORK, 5, SALT)
const frames = [0, 1, 2].map((round) => encodeWalFrame(header, [vote(round), vote(round + 10)]))
const whole = concatBytes(header, ...frames)

test('crc32 is that of zlib', () => {
  const seeded = (bytes: Uint8Array, seed: number): boolean => crc32(bytes, seed) === zlibCrc32(bytes, seed)
  fc.assert(fc.property(fc.uint8Array(), fc.nat(0xffff_ffff), seeded))
})

test('another crc32 takes the place of the plain one only if it gives the same', () => {
  const bytes = Uint8Array.of(1, 2, 3)
  const expected = crc32(bytes)
  let calls = 0
  installCrc32((...given) => zlibCrc32(...given) ^ 1)
  installCrc32((given) => zlibCrc32(given))
  assert.is(crc32(bytes, 7), zlibCrc32(bytes, 7))
  installCrc32((...given) => {
    calls += 1
    return zlibCrc32(...given)
  })
  calls = 0
  assert.is(crc32(bytes), expected)
  assert.is(calls, 1)
})

test('a file with its first frame is its header and the frame', () => {
  const first = [vote(0), vote(10)]
  assert.equal(encodeWal(header, first), concatBytes(header, encodeWalFrame(header, first)))
})

test('everything comes back', () => {
  const content = unwrap(decodeWal(whole, NETWORK))
  assert.is(content?.height, 5)
  assert.is(content?.records.length, 6)
  assert.is(content?.soundBytes, whole.length)
})

test('cut anywhere, the sound frames in front of the tear remain', () => {
  for (let length = 0; length < whole.length; length++) {
    const content = unwrap(decodeWal(whole.slice(0, length), NETWORK))
    if (length < header.length) assert.is(content, undefined)
    else {
      const ends = frames.map(
        (_, index) => header.length + frames.slice(0, index + 1).reduce((sum, each) => sum + each.length, 0),
      )
      assert.is(content?.records.length, ends.filter((end) => end <= length).length * 2)
    }
  }
})

test('a changed byte in the last frame is a tear, in an earlier one damage', () => {
  const last = whole.length - (frames[2]?.length ?? 0)
  for (let at = header.length; at < whole.length; at++) {
    const bad = whole.slice()
    bad[at] = (bad[at] as number) ^ 0x40
    const content = decodeWal(bad, NETWORK)
    if (at < last) assert.is(content.ok || content.code, 'wal.damaged', `byte ${at}`)
    else assert.is(unwrap(content)?.records.length, 4)
  }
})

test('frames of an earlier height behind the end are not taken for those of this one', () => {
  const old = encodeWalHeader(NETWORK, 4, new Uint8Array(16).fill(0x77))
  const stale = encodeWalFrame(old, [vote(9)])
  const whole = concatBytes(header, frames[0] ?? header)
  const content = unwrap(decodeWal(concatBytes(whole, stale), NETWORK))
  assert.is(content?.records.length, 2)
  assert.is(content?.isTorn, true)
  const behindZeros = unwrap(decodeWal(concatBytes(whole, new Uint8Array(8), stale), NETWORK))
  assert.equal([behindZeros?.soundBytes, behindZeros?.isTorn], [whole.length, false])
})

test('bytes that others chose pass for no frame behind the end, whatever is known of the log', () => {
  const guessed = encodeWalHeader(NETWORK, 5, new Uint8Array(16).fill(0x11))
  const chosen = [bytesFromText('MCfr'), new Uint8Array(8), encodeWalFrame(guessed, [vote(3)])]
  const whole = concatBytes(header, frames[0] ?? header)
  const content = unwrap(decodeWal(concatBytes(whole, new Uint8Array(16), ...chosen), NETWORK))
  assert.equal([content?.records.length, content?.isTorn], [2, false])
  const torn = concatBytes(whole, (frames[1] ?? header).subarray(0, 40), ...chosen)
  assert.equal(unwrap(decodeWal(torn, NETWORK))?.soundBytes, whole.length)
})

test('another network and another format are refused, not cut', () => {
  const codeOf = (data: Uint8Array) => {
    const result = decodeWal(data, NETWORK)
    return result.ok ? 'ok' : result.code
  }
  assert.is(codeOf(encodeWalHeader(new Uint8Array(32), 5, SALT)), 'wal.other-network')
  const other = concatBytes(bytesFromText('MCXL'), header.subarray(4, 59))
  const crc = crc32(other)
  const tail = Uint8Array.of(crc >>> 24, (crc >>> 16) & 255, (crc >>> 8) & 255, crc & 255)
  assert.is(codeOf(concatBytes(other, tail)), 'wal.unknown-format')
})

test('the last-signed record comes back whole or not at all', () => {
  const record = encodeLastSigned(NETWORK, { height: 77, round: 3 })
  assert.equal(decodeLastSigned(record, NETWORK), { height: 77, round: 3 })
  for (let at = 0; at < record.length; at++) {
    const bad = record.slice()
    bad[at] = (bad[at] as number) ^ 1
    assert.is(decodeLastSigned(bad, NETWORK), undefined)
  }
})

test.run()
