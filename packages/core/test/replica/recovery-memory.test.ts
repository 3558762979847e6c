import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { concatBytes } from '../../src/encoding/index.ts'
import { encodeLastSigned } from '../../src/replica/last-signed.ts'
import { readSigningMemory } from '../../src/replica/recovery-memory.ts'
import { encodeWalFrame, encodeWalHeader } from '../../src/replica/wal.ts'

const SALT = new Uint8Array(16).fill(9)

const networkId = new Uint8Array(32).fill(7)

const walAt = (height: number, round: number): Uint8Array => {
  const header = encodeWalHeader(networkId, height, SALT)
  const signature = new Uint8Array(64)
  const claim = {
    height,
    newRound: round,
    sender: 1,
    signature,
    preparedRound: undefined,
    preparedHash: undefined,
  }
  const message = { type: 'round-change', height, claim, prepared: undefined, block: undefined } as const
  return concatBytes(header, encodeWalFrame(header, [{ type: 'sent', message }]))
}

const last = (height: number, round = 0): Uint8Array => encodeLastSigned(networkId, { height, round })

const stateOf = (wal: Uint8Array | undefined, lastSigned: Uint8Array | undefined, headHeight: number) => {
  const memory = readSigningMemory({ wal, lastSigned }, networkId, headHeight)
  if (!memory.ok) return memory.code
  const { value } = memory
  return 'abstainUpTo' in value ? [value.state, value.abstainUpTo] : value.state
}

test('what the two files of a validator mean, at a head of 9', () => {
  const torn = walAt(10, 1).subarray(0, 20)
  const rows = [
    ['both there', walAt(10, 1), last(10, 1), 'whole'],
    ['the log of a decided height', walAt(9, 0), last(9), 'whole'],
    ['the record is written behind the log', walAt(10, 1), last(9, 4), 'whole'],
    ['the record is lost', walAt(10, 1), undefined, 'whole'],
    ['the record is damaged', walAt(10, 1), last(10).fill(0, 40), 'whole'],
    ['the log is lost', undefined, last(10, 1), ['wal-lost', 10]],
    ['the log’s header is torn', torn, last(10, 1), ['wal-lost', 10]],
    ['the log is of an earlier round', walAt(10, 1), last(10, 2), ['wal-old', 10]],
    ['the log is of an earlier height', walAt(7, 0), last(10), ['wal-old', 10]],
    ['the blocks end below', walAt(15, 0), last(15), ['blocks-behind', 15]],
    ['the blocks end below, the record is lost', walAt(15, 0), undefined, ['blocks-behind', 15]],
    ['both lost', undefined, undefined, 'none'],
    ['the log is lost, the record damaged', undefined, last(10).fill(0, 40), 'none'],
    ['another network’s log', walAt(10, 0).fill(1, 5, 6), undefined, 'none'],
  ] as const
  for (const [what, wal, lastSigned, state] of rows) equal(stateOf(wal, lastSigned, 9), state, what)
})

test('a log with damage in the middle is refused, whatever the record says', () => {
  const wal = walAt(10, 1)
  const header = encodeWalHeader(networkId, 10, SALT)
  const twice = concatBytes(wal, wal.subarray(header.length))
  twice[header.length + 20] = 0xff
  equal(stateOf(twice, last(10), 9), 'wal.damaged')
  equal(stateOf(twice, undefined, 9), 'wal.damaged')
})

test('a log of a decided height, overwritten in part by the next one, holds up nobody', () => {
  const header = encodeWalHeader(networkId, 9, SALT)
  const old = concatBytes(walAt(9, 0), walAt(9, 1).subarray(header.length))
  const next = walAt(10, 0)
  const mixed = concatBytes(old.subarray(0, 80), next.subarray(80), old.subarray(next.length))
  equal(stateOf(mixed, last(9), 9), ['wal-old', 9])
  equal(stateOf(mixed, last(9), 8), 'wal.damaged')
  const begun = concatBytes(next.subarray(0, 80), old.subarray(80))
  equal(stateOf(begun, last(9), 9), 'whole')
})

test.run()
