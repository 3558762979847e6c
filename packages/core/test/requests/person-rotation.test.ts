import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import { decode, encode, unwrap } from '../../src/encoding/index.ts'
import { accountIdFromInception, type Inception } from '../../src/identity/index.ts'
import {
  type PersonHistory,
  personHistorySchema,
  type RotationCheck,
  type SignedRotation,
  signRotation,
  validateHistory,
} from '../../src/requests/index.ts'
import { fakeBytes, modelSign } from '../contracts/world.ts'

const networkId = fakeBytes('network')
const keysOf = (name: string): Inception => ({
  signingKey: fakeBytes(`${name}/sign`),
  sealingKey: fakeBytes(`${name}/seal`),
  salt: fakeBytes(`${name}/salt`),
})
const signer =
  ({ signingKey }: Inception) =>
  (message: Uint8Array) =>
    modelSign(signingKey, message)
const verifier = {
  verify: (key: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
    Buffer.from(signature).equals(Buffer.from(modelSign(key, message))),
}
const check: RotationCheck = { networkId, verifier }

const [first, second, third, thief] = ['first', 'second', 'third', 'thief'].map(keysOf) as [
  Inception,
  Inception,
  Inception,
  Inception,
]
const person = accountIdFromInception(first)
const rotation = (from: Inception, to: Inception, sequence: number, changes: object = {}): SignedRotation =>
  signRotation({ networkId, person, sequence, next: to, ...changes }, signer(from), signer(to))
const one = rotation(first, second, 1)

test('keys follow one another, each permitted by the one before', () => {
  const history: PersonHistory = { inception: first, rotations: [one, rotation(second, third, 2)] }
  const again = unwrap(decode(personHistorySchema, encode(personHistorySchema, history)))
  equal(unwrap(validateHistory(again, check)), [first, second, third])
  equal(unwrap(validateHistory({ inception: first, rotations: [] }, check)), [first])
})

const REFUSED: readonly [string, readonly SignedRotation[]][] = [
  ['of another network', [rotation(first, second, 1, { networkId: fakeBytes('elsewhere') })]],
  ['of another person', [rotation(first, second, 1, { person: fakeBytes('somebody') })]],
  ['out of turn', [rotation(first, second, 2)]],
  ['by a key that never was', [rotation(thief, second, 1)]],
  ['by the key that was replaced', [one, rotation(first, third, 2)]],
  ['back to former keys', [one, rotation(second, first, 2)]],
  ['without the next key', [{ ...one, possession: one.possession.map((byte) => byte ^ 1) }]],
  ['that was altered', [{ ...one, rotation: one.rotation.map((byte, at) => (at === 60 ? byte ^ 1 : byte)) }]],
]

for (const [description, rotations] of REFUSED) {
  test(`a rotation ${description} is refused`, () => {
    is(validateHistory({ inception: first, rotations }, check).ok, false)
  })
}

test.run()
