// A custodian that lies is found out and named, and the others open what is left (emergency BG7).
import { type ReleasedShare, splitSecret } from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { checkShares, combineEpoch, type EpochShares } from '../../src/emergencies/gather-shares.ts'

const CUSTODIANS = [0, 1, 2, 3].map(() => nodeCiphers.randomBytes(32))

const prepared = async (epoch: number) => {
  const secret = nodeCiphers.randomBytes(32)
  const setId = nodeCiphers.randomBytes(32)
  const { set, shares } = await splitSecret(secret, { setId, count: 4, threshold: 3 })
  const epochShares: EpochShares = {
    epoch,
    setId,
    threshold: 3,
    height: 1,
    set,
    epochKey: nodeCiphers.x25519Public(secret),
    shares: CUSTODIANS.map((institution, position) => ({
      institution,
      digest: set.digests[position] as Uint8Array,
    })),
  }
  const released: readonly ReleasedShare[] = shares.map((share, position) => ({ epoch, position, share }))
  return { secret, epochShares, released }
}

test('a false share is left out, its custodian named, and three others open the secret', async () => {
  const { secret, epochShares, released } = await prepared(0)
  const answers = released.map((each, place) =>
    place === 1 ? { ...each, share: each.share.map((byte, at) => (at === 5 ? byte ^ 1 : byte)) } : each,
  )
  const checked = answers.map((answer, place) =>
    checkShares([epochShares], CUSTODIANS[place] as Uint8Array, [answer]),
  )
  assert.equal(
    checked.map(({ faults }) => faults),
    [[], [{ custodian: CUSTODIANS[1], code: 'share.false' }], [], []],
  )
  const good = checked.flatMap((each) => each.good)
  const combined = await combineEpoch(epochShares, good)
  assert.equal(combined.ok && combined.value, secret)
  assert.not((await combineEpoch(epochShares, good.slice(1))).ok)
})

test('the share of another custodian, of another epoch, or none, is no share', async () => {
  const [first, second] = [await prepared(0), await prepared(1)]
  const [custodian = new Uint8Array()] = CUSTODIANS
  const codesOf = (answered: readonly (ReleasedShare | undefined)[]): string[] =>
    checkShares(
      [first.epochShares, second.epochShares],
      custodian,
      answered.flatMap((each) => each ?? []),
    ).faults.map(({ code }) => code)
  assert.equal(codesOf([first.released[0], second.released[0]]), [])
  assert.equal(codesOf([first.released[1], second.released[0]]), ['share.false'])
  assert.equal(codesOf([{ ...(second.released[0] as ReleasedShare), epoch: 0 }, second.released[0]]), [
    'share.false',
  ])
  assert.equal(codesOf([first.released[0]]), ['share.missing'])
  assert.equal(checkShares([first.epochShares], nodeCiphers.randomBytes(32), first.released), {
    good: [],
    faults: [],
  })
})

test('shares that fit their digests and come to another key than the chain’s open nothing', async () => {
  const { epochShares, released } = await prepared(0)
  const other = { ...epochShares, epochKey: nodeCiphers.x25519Public(nodeCiphers.randomBytes(32)) }
  const combined = await combineEpoch(other, released)
  assert.is(combined.ok ? 'ok' : combined.code, 'share.mismatch')
})

test.run()
