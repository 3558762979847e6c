import { bytesFromHex, type ReplicaStatus, unwrap } from '@medchain/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createEverybodyDecides } from '../../src/replica/everybody-decides.ts'

const nameOf = (digit: number): string => String(digit).repeat(64)

const validators = [1, 2, 3].map((digit) => ({ institution: unwrap(bytesFromHex(nameOf(digit))) }))
const status = () => ({ validators }) as unknown as Pick<ReplicaStatus, 'validators'>

const decides = (...peers: readonly (readonly [digit: number, connected: boolean])[]): boolean => {
  const all = peers.map(([digit, connected]) => ({
    institution: nameOf(digit),
    ...{ peerId: '', connected, queuedBytes: 0 },
  }))
  return createEverybodyDecides({ peers: () => all }, status)()
}

test('a decided block is needed by an observer and by whoever is not connected, and by nobody else', () => {
  assert.is(decides([2, true], [3, true]), true)
  assert.is(decides([2, true], [3, false]), false)
  assert.is(decides([2, true], [3, true], [4, true]), false)
  assert.is(decides([2, true], [3, true], [4, false]), false)
})

test.run()
