import type { Keyring, KeyringChart, KeyringGrant } from '@medchain/core'
import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import { mergeKeyrings } from '../../src/wallet/merge-keyrings.ts'

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

test('an older one changes nothing', () => {
  const ours = keyring(3, [chart(1)], [grant('a')])
  is(mergeKeyrings(ours, keyring(2, [chart(1)], [])), ours)
})

test.run()
