import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  healedHoldersOf,
  holdersByOrders,
  holdersOf,
  institutionsIn,
  memberChangesIn,
  memberHistoryIn,
  memberOrdersIn,
  removalHeightIn,
  writeMemberOrder,
} from '../../../src/contracts/index.ts'
import { institutionIdOf } from '../../../src/ledger/index.ts'
import { fakeBytes } from '../world.ts'
import { codeOf, createGovernanceWorld, newcomer } from './governance-world.ts'

const guest = newcomer('guest', { isValidator: false })
const guestId = institutionIdOf(guest)

/** Five founders; the guest comes in block 1, the first founder leaves with block 4. */
const changedWorld = () => {
  const world = createGovernanceWorld(5)
  const founders = institutionsIn(world.view)
  world.block()
  assert.is(codeOf(world.pass({ type: 'add', member: guest }, [1, 2, 3])), 'ok')
  world.block()
  world.block()
  const removal = { type: 'remove', institution: world.idOf(4), keepsAccount: false } as const
  assert.is(codeOf(world.pass(removal, [1, 2, 3])), 'ok')
  world.block()
  for (let count = 0; count < 3; count++) world.block()
  return { world, founders }
}

test('a network without changes keeps one order and no history', () => {
  const world = createGovernanceWorld(4)
  assert.is(memberChangesIn(world.view), undefined)
  assert.equal(memberOrdersIn(world.view, 9), [institutionsIn(world.view)])
})

test('who was there at a height is known for ever, with those before', () => {
  const { world, founders } = changedWorld()
  const withGuest = [...founders, guestId]
  const afterwards = withGuest.filter((id) => id.join() !== world.idOf(4).join())
  assert.equal(institutionsIn(world.view), afterwards)
  assert.equal(memberOrdersIn(world.view, 1), [founders])
  assert.equal(memberOrdersIn(world.view, 2), [withGuest, founders])
  assert.equal(memberOrdersIn(world.view, 4), [withGuest, founders])
  assert.equal(memberOrdersIn(world.view, 5), [afterwards, withGuest, founders])
  assert.equal(memberOrdersIn(world.view, 5000), [afterwards, withGuest, founders])
})

test('the holders of a batch stay those of its time, whoever comes and goes', () => {
  const { world, founders } = changedWorld()
  for (let index = 0; index < 50; index++) {
    const batchId = fakeBytes(`batch ${index}`, 16)
    const author = world.idOf(0)
    assert.equal(
      holdersByOrders(batchId, memberOrdersIn(world.view, 1), author),
      holdersOf(batchId, founders, author),
    )
    // Sealed just before the change, committed just after it: they are asked as well, later.
    const asked = holdersByOrders(batchId, memberOrdersIn(world.view, 2), author)
    const before = holdersOf(batchId, founders, author)
    for (const side of ['ciphertext', 'release'] as const) {
      const ids = asked[side].map((id) => id.join())
      assert.ok(before[side].every((id) => ids.includes(id.join())))
      assert.is(new Set(ids).size, ids.length)
    }
  }
})

test('C8: whoever is voted out is replaced by whoever came, on the side that it had', () => {
  const { world, founders } = changedWorld()
  const gone = world.idOf(4)
  let replaced = 0
  for (let index = 0; index < 50; index++) {
    const batchId = fakeBytes(`batch ${index}`, 16)
    const author = world.idOf(0)
    const before = holdersOf(batchId, founders, author)
    const { now } = healedHoldersOf(batchId, memberHistoryIn(world.view), 1, author)
    const all = [...now.ciphertext, ...now.release].map((id) => id.join())
    assert.is(new Set(all).size, all.length)
    assert.ok(!all.includes(gone.join()))
    for (const side of ['ciphertext', 'release'] as const) {
      assert.ok(now[side].length >= 2)
      if (before[side].some((id) => id.join() === gone.join())) replaced++
    }
  }
  assert.ok(replaced > 10)
})

test('thousands of comings and goings fit into the state, and the first of them are remembered', () => {
  const world = createGovernanceWorld(4)
  const founders = institutionsIn(world.view)
  const crowd = Array.from({ length: 200 }, (_, index) => fakeBytes(`guest ${index}`))
  for (let height = 1; height <= 14; height++)
    writeMemberOrder(world.view, height % 2 === 1 ? [...founders, ...crowd] : founders, height)
  assert.is(memberChangesIn(world.view)?.length, 2804)
  assert.equal(memberOrdersIn(world.view, 1), [founders])
  assert.equal(memberOrdersIn(world.view, 2), [[...founders, ...crowd], founders])
  assert.equal(memberOrdersIn(world.view, 9999)[0], founders)
})

test('a removal is known from the vote on, and for ever, by its first height', () => {
  const world = createGovernanceWorld(5)
  world.block()
  assert.is(codeOf(world.pass({ type: 'add', member: guest }, [1, 2, 3])), 'ok')
  const removal = { type: 'remove', institution: world.idOf(4), keepsAccount: false } as const
  assert.is(codeOf(world.pass(removal, [1, 2, 3])), 'ok')
  const heights = [0, 1, 2].map(() => {
    const height = removalHeightIn(world.view, world.idOf(4))
    world.block()
    return height
  })
  assert.equal(heights, [3, 3, 3])
  assert.is(removalHeightIn(world.view, world.idOf(0)), undefined)
  assert.is(removalHeightIn(world.view, guestId), undefined)
  assert.is(removalHeightIn(world.view, fakeBytes('stranger', 32)), undefined)
})

test('whoever keeps its account, or comes back, is not removed', () => {
  const world = createGovernanceWorld(6)
  world.block()
  const removal = { type: 'remove', institution: world.idOf(5), keepsAccount: true } as const
  assert.is(codeOf(world.pass(removal, [1, 2, 3, 4])), 'ok')
  assert.is(removalHeightIn(world.view, world.idOf(5)), undefined)
  for (let count = 0; count < 3; count++) world.block()
  assert.is(removalHeightIn(world.view, world.idOf(5)), undefined)
  assert.is(codeOf(world.pass({ ...removal, keepsAccount: false }, [1, 2, 3])), 'ok')
  for (let count = 0; count < 3; count++) world.block()
  assert.is(removalHeightIn(world.view, world.idOf(5)), 6)
  assert.is(codeOf(world.pass({ type: 'add', member: world.member(5) }, [1, 2, 3])), 'ok')
  assert.is(removalHeightIn(world.view, world.idOf(5)), undefined)
})

test.run()
