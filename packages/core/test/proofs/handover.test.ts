import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import { unwrap } from '../../src/encoding/result.ts'
import {
  decodeHandover,
  decodeHandovers,
  encodeHandover,
  encodeHandovers,
  followHandovers,
  type Handover,
  validateCommittedHeader,
  validatorsAt,
} from '../../src/proofs/index.ts'
import { fakeVerifier } from '../replica/cluster-keys.ts'
import { madeCertificate, madeHandover, madeHeader, madeNetworkId, madeSet } from './made-handover.ts'

const first = madeSet('a', 'b', 'c', 'd')
const second = madeSet('a', 'b', 'c', 'd', 'e')
const third = madeSet('b', 'c', 'd', 'e')
const toSecond = madeHandover(10, first, second)
const toThird = madeHandover(25, second, third)

const follow = (handovers: readonly Handover[], genesisSet = first) =>
  followHandovers(genesisSet, madeNetworkId, handovers, fakeVerifier)

const codeOf = (handovers: readonly Handover[], genesisSet = first): string => {
  const eras = follow(handovers, genesisSet)
  return eras.ok ? 'followed' : eras.code
}

test('each set hands over to the next one, from the height above its header on', () => {
  const eras = unwrap(follow([toSecond, toThird]))
  equal(
    eras.map(({ fromHeight }) => fromHeight),
    [1, 11, 26],
  )
  equal(
    [1, 10, 11, 25, 26, 1000].map((height) => validatorsAt(eras, height)),
    [first, first, second, second, third, third],
  )
})

test('a handover may come in the first height of its set', () => {
  is(codeOf([toSecond, madeHandover(11, second, third)]), 'followed')
})

test('a network without changes keeps its first set', () => {
  equal(validatorsAt(unwrap(follow([])), 7), first)
})

test('a list that does not start at the genesis set is refused', () => {
  is(codeOf([toThird]), 'proof.handover')
  is(codeOf([toSecond, toThird], madeSet('a', 'b', 'c', 'x')), 'proof.handover')
})

test('handovers out of order, twice, or below the era they end are refused', () => {
  is(codeOf([toThird, toSecond]), 'proof.handover')
  is(codeOf([toSecond, toSecond]), 'proof.handover')
  is(codeOf([toSecond, madeHandover(10, second, third)]), 'proof.handover')
})

test('a set that the header does not name, or the same set again, is refused', () => {
  is(codeOf([{ ...toSecond, validators: third }]), 'proof.handover')
  is(codeOf([{ ...toSecond, validators: [] }]), 'proof.handover')
  is(codeOf([madeHandover(10, first, first)]), 'proof.handover')
})

test('a handover without a quorum of the set before it is refused', () => {
  const { header } = toSecond
  is(codeOf([{ ...toSecond, certificate: madeCertificate(header, first, 2) }]), 'proof.handover')
  is(
    codeOf([{ ...toSecond, certificate: madeCertificate(header, madeSet('a', 'b', 'x', 'y')) }]),
    'proof.handover',
  )
  is(codeOf([{ ...toSecond, header: { ...header, timeMs: 1 } }]), 'proof.handover')
  const elsewhere = { ...header, networkId: new Uint8Array(32) }
  is(
    codeOf([{ ...toSecond, header: elsewhere, certificate: madeCertificate(elsewhere, first) }]),
    'proof.handover',
  )
})

test('a later header does not fit a list whose last change was left out', () => {
  const header = madeHeader(30, third, third)
  const certificate = madeCertificate(header, third)
  const believed = (handovers: readonly Handover[]): boolean => {
    const validators = validatorsAt(unwrap(follow(handovers)), header.height)
    return validateCommittedHeader(header, certificate, madeNetworkId, validators, fakeVerifier).ok
  }
  is(believed([toSecond, toThird]), true)
  is(believed([toSecond]), false)
})

test('a list of handovers survives its encoding, whatever its length', () => {
  const many = Array.from({ length: 8000 }, () => toSecond)
  equal(unwrap(decodeHandovers(encodeHandovers([toSecond, toThird]))), [toSecond, toThird])
  is(unwrap(decodeHandovers(encodeHandovers(many))).length, 8000)
  is(decodeHandovers(encodeHandovers(many).subarray(0, 5000)).ok, false)
})

test('a handover survives its encoding', () => {
  equal(unwrap(decodeHandover(encodeHandover(toSecond))), toSecond)
  is(decodeHandover(encodeHandover(toSecond).subarray(1)).ok, false)
})

test.run()
