import type { Keyring, KeyringChart, KeyringGrant } from '@medchain/core'
import fc from 'fast-check'
import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import { mergeKeyrings } from '../../src/wallet/merge-keyrings.ts'
import { type PreparedKeys, preparedKeysOf, withPreparedKeys } from '../../src/wallet/prepared-keys.ts'

const bytes = (seed: number) => new Uint8Array(32).fill(seed)

const chart = (seed: number, epochs = 1): KeyringChart => ({
  compartment: 'general',
  chartId: bytes(seed),
  controllerSeed: bytes(seed),
  epochs: Array.from({ length: epochs }, (_, epoch) => ({ epoch, secret: bytes(seed + epoch) })),
  salt: bytes(seed),
})

const grant = (name: string): KeyringGrant => ({
  name,
  grantIds: [],
  grantee: '',
  compartments: [],
  recordIds: [],
  purposes: [],
  fromMs: 0,
})

const keyring = (
  version: number,
  charts: readonly KeyringChart[],
  grants: readonly KeyringGrant[],
): Keyring => ({
  version,
  charts,
  grants,
  extra: [],
})

test('nothing that either machine holds is lost', () => {
  const merged = mergeKeyrings(
    keyring(3, [chart(1, 2), chart(2)], [grant('a')]),
    keyring(5, [chart(1), chart(3)], [grant('b')]),
  )
  equal(merged.version, 5)
  equal(
    merged.charts.map(({ chartId, epochs }) => [chartId[0], epochs.length]),
    [
      [1, 2],
      [2, 1],
      [3, 1],
    ],
  )
  equal(
    merged.grants.map(({ name }) => name),
    ['a', 'b'],
  )
})

test('a later epoch comes in', () => {
  equal(mergeKeyrings(keyring(1, [chart(1)], []), keyring(2, [chart(1, 3)], [])).charts[0]?.epochs.length, 3)
})

const prepared = (seed: number): PreparedKeys => ({
  chartId: bytes(1),
  epochSecret: bytes(seed),
  controllerSeed: undefined,
})

test('the controller is that of whoever knows the later epoch, whichever version is higher', () => {
  const before = chart(1, 2)
  const after = { ...chart(1, 3), controllerSeed: bytes(99) }
  for (const [old, rotated] of [
    [9, 2],
    [2, 9],
  ] as const) {
    const keyrings = [keyring(old, [before], []), keyring(rotated, [after], [])] as const
    for (const merged of [mergeKeyrings(...keyrings), mergeKeyrings(keyrings[1], keyrings[0])]) {
      equal(merged.charts[0]?.controllerSeed, bytes(99))
      equal(merged.charts[0]?.epochs.length, 3)
    }
  }
})

test('what either machine prepared is kept, and what both lack of each other goes out again', () => {
  const ours = withPreparedKeys(keyring(3, [chart(1)], []), [prepared(7)])
  const theirs = withPreparedKeys(keyring(4, [chart(1)], []), [prepared(8)])
  const secrets = (merged: Keyring) => preparedKeysOf(merged).map(({ epochSecret }) => epochSecret[0])
  equal(secrets(mergeKeyrings(ours, theirs)).sort(), [7, 8])
  const [first, second, third] = chart(1, 3).epochs
  const split = (epochs: readonly (typeof first)[]) => ({
    ...chart(1),
    epochs: epochs.filter((each) => each !== undefined),
  })
  const merged = mergeKeyrings(
    keyring(1, [split([first, second])], []),
    keyring(2, [split([first, third])], []),
  )
  equal(
    merged.charts[0]?.epochs.map(({ epoch }) => epoch),
    [0, 1, 2],
  )
  equal(secrets(merged), [3])
})

test('merging is the same either way, and again', () => {
  const epochs = fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 })
  const made = fc.tuple(
    fc.integer({ min: 0, max: 9 }),
    epochs,
    fc.uniqueArray(fc.integer({ min: 20, max: 24 })),
  )
  const keyringOf = ([version, numbers, seeds]: [number, number[], number[]]): Keyring => {
    const list = [...numbers].sort((a, b) => a - b).map((epoch) => ({ epoch, secret: bytes(epoch) }))
    // A controller belongs to the epochs from the one on that it came with.
    const controllerSeed = bytes(100 + Math.floor(Math.max(...numbers) / 3))
    const own = { ...chart(1), controllerSeed, epochs: list }
    return withPreparedKeys(keyring(version, [own], []), seeds.map(prepared))
  }
  const facts = (merged: Keyring) => [
    merged.version,
    merged.charts[0]?.controllerSeed[0],
    merged.charts[0]?.epochs.map(({ epoch }) => epoch),
    preparedKeysOf(merged)
      .map(({ epochSecret }) => epochSecret[0])
      .sort(),
  ]
  fc.assert(
    fc.property(made, made, (one, other) => {
      const [a, b] = [keyringOf(one), keyringOf(other)]
      const merged = mergeKeyrings(a, b)
      equal(facts(merged), facts(mergeKeyrings(b, a)))
      is(mergeKeyrings(merged, a), merged)
      is(mergeKeyrings(merged, merged), merged)
    }),
  )
})

test('an older one changes nothing', () => {
  const ours = keyring(3, [chart(1)], [grant('a')])
  is(mergeKeyrings(ours, keyring(2, [chart(1)], [])), ours)
})

test.run()
