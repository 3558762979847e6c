import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { test } from 'uvu'
import { equal, is, match, not } from 'uvu/assert'
import { unwrap } from '../../src/encoding/index.ts'
import {
  combineShares,
  falseSharesOf,
  type GivenShare,
  shareDigestOf,
  splitSecret,
  verifyShare,
} from '../../src/sealing/index.ts'

const bytes = (sizeBytes: number) => new Uint8Array(randomBytes(sizeBytes))
const setId = bytes(32)
const split = (secret: Uint8Array, count: number, threshold: number) =>
  splitSecret(secret, { setId, count, threshold })

/** All subsets of 0…count − 1. */
const subsets = (count: number): readonly (readonly number[])[] =>
  Array.from({ length: 2 ** count }, (_, bits) =>
    Array.from({ length: count }, (_none, position) => position).filter((position) => (bits >> position) & 1),
  )

const flipped = ({ position, share }: GivenShare, at: number): GivenShare => ({
  position,
  share: share.map((byte, index) => (index === at ? byte ^ 1 : byte)),
})

test('each subset of t shares or more opens the secret, none of fewer does', async () => {
  for (const [count, threshold] of [
    [1, 1],
    [3, 1],
    [2, 2],
    [3, 2],
    [5, 3],
    [5, 5],
    [6, 4],
  ] as const) {
    const secret = bytes(32)
    const { set, shares } = await split(secret, count, threshold)
    is(new Set(set.digests.map(String)).size, count)
    for (const subset of subsets(count)) {
      const given = subset.map((position) => ({ position, share: shares[position] as Uint8Array }))
      const combined = await combineShares(set, given, (found) => Buffer.from(found).equals(secret))
      if (subset.length >= threshold) equal(unwrap(combined), secret)
      else is((combined as { code: string }).code, 'share.too-few')
    }
  }
})

test('fewer than t shares fit every secret as well as the true one', async () => {
  // 2 of 3 over one byte: a second share that completes the first to any secret exists, whatever the first says.
  const { shares } = await split(Uint8Array.of(7), 3, 2)
  const first = shares[0] as Uint8Array
  const x = first[1] as number
  const reached = new Set<number>()
  for (let y = 0; y < 256; y += 1) {
    const other = Uint8Array.of(y, x === 1 ? 2 : 1)
    const pair = { setId, threshold: 2, digests: [first, other].map((share) => shareDigestOf(setId, share)) }
    const given = [first, other].map((share, position) => ({ position, share }))
    reached.add(unwrap(await combineShares(pair, given, () => true))[0] as number)
  }
  is(reached.size, 256)
})

test('a tampered share is found, its holder named, and a further share opens all the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 7 }),
      fc.nat(100),
      fc.nat(100),
      fc.nat(32),
      async (count, t, liar, at) => {
        const threshold = 1 + (t % count)
        const secret = bytes(32)
        const { set, shares } = await split(secret, count, threshold)
        const lying = liar % count
        const given = shares
          .map((share, position) => ({ position, share }))
          .map((one) => (one.position === lying ? flipped(one, at) : one))
        equal(falseSharesOf(set, given), [lying])
        const isSecret = (found: Uint8Array) => Buffer.from(found).equals(secret)
        const combined = await combineShares(set, given, isSecret)
        if (count > threshold) return equal(unwrap(combined), secret)
        const refusal = combined as { code: string; message: string }
        is(refusal.code, 'share.false')
        match(refusal.message, `holder ${lying + 1})`)
      },
    ),
    { numRuns: 100 },
  )
})

test('a share counts once, at its own place, in its own set', async () => {
  const { set, shares } = await split(bytes(32), 3, 2)
  const share = shares[0] as Uint8Array
  is(verifyShare(set, { position: 0, share }), true)
  is(verifyShare(set, { position: 1, share }), false)
  is(verifyShare(set, { position: 9, share }), false)
  not.equal(shareDigestOf(bytes(32), share), set.digests[0])
  const twice = [0, 0, 1].map((position) => ({ position, share }))
  match(JSON.stringify(await combineShares(set, twice, () => true)), 'share.false')
  const again = [0, 0].map((position) => ({ position, share }))
  match(JSON.stringify(await combineShares(set, again, () => true)), 'share.too-few')
})

test('shares that were committed to and open something else accuse whoever split', async () => {
  const { set, shares } = await split(bytes(32), 2, 2)
  const given = shares.map((share, position) => ({ position, share }))
  match(JSON.stringify(await combineShares(set, given, () => false)), 'share.mismatch')
  const same = [shares[0], shares[0]] as readonly Uint8Array[]
  const odd = { setId, threshold: 2, digests: same.map((share) => shareDigestOf(setId, share)) }
  const twice = same.map((share, position) => ({ position, share }))
  match(JSON.stringify(await combineShares(odd, twice, () => true)), 'share.mismatch')
})

test.run()
