import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  backOffMs,
  beginBlock,
  skippedIn,
  skippedProposers,
  skipTableIn,
  validatorSetIn,
} from '../../../src/contracts/index.ts'
import { faultyMax } from '../../../src/validators/index.ts'
import { codeOf, createGovernanceWorld, type GovernanceWorld } from './governance-world.ts'

const skippedNames = (world: GovernanceWorld): readonly string[] => {
  const set = validatorSetIn(world.view)
  return [...skippedIn(world.view, world.now())].map((index) =>
    (set[index] as (typeof set)[number]).institution.join(),
  )
}

test('a header of a later round marks those whose turn the rounds before it were, at most f of them', () => {
  const cases = [
    { size: 4, round: 0, marked: 0 },
    { size: 4, round: 1, marked: 1 },
    { size: 4, round: 3, marked: 1 },
    { size: 7, round: 1, marked: 1 },
    { size: 7, round: 2, marked: 2 },
    { size: 7, round: 5, marked: 2 },
    { size: 10, round: 9, marked: 3 },
  ]
  for (const { size, round, marked } of cases) {
    const world = createGovernanceWorld(size)
    world.block({ round })
    assert.equal(
      skipTableIn(world.view).map(({ institution }) => institution.join()),
      Array.from({ length: marked }, (_, index) => world.idOf(index).join()),
    )
  }
})

test('the back-off is a second, doubles with every turn that is missed, and ends at five minutes', () => {
  assert.equal([1, 2, 3, 9, 10, 5000].map(backOffMs), [1000, 2000, 4000, 256_000, 300_000, 300_000])
  const world = createGovernanceWorld(4)
  world.block({ round: 1 })
  const [dead] = skippedNames(world)
  for (let strikes = 1; strikes <= 12; strikes++) {
    const [entry] = skipTableIn(world.view)
    assert.is(entry?.strikes, strikes)
    assert.is((entry?.untilMs ?? 0) - world.now(), backOffMs(strikes))
    assert.equal(skippedNames(world), [dead])
    world.block({ afterMs: backOffMs(strikes) })
    assert.equal(skippedNames(world), [])
    // Its turn is among the next four, and it misses that as well.
    while (world.nextBuilder().join() !== dead) world.block()
    world.block({ round: 1 })
  }
})

test('no transaction marks anybody', () => {
  const world = createGovernanceWorld(4)
  world.block()
  for (const index of [0, 1, 2, 3])
    assert.is(codeOf(world.ready(world.member(index))), 'validator.not-awaited')
  assert.is(world.view.get(skippedProposers), undefined)
})

test('whoever builds a decided block has its turns, and a clean slate after five good minutes', () => {
  const world = createGovernanceWorld(4)
  world.block({ round: 1 })
  const [marked] = skippedNames(world)
  // It is passed over as long as its back-off lasts.
  for (let count = 0; count < 3; count++) assert.is.not(world.block({ afterMs: 300 }).join(), marked)
  while (world.block({ afterMs: 300 }).join() !== marked)
    assert.is(skipTableIn(world.view)[0]?.seenAtMs, undefined)
  assert.equal(skippedNames(world), [])
  assert.is(skipTableIn(world.view)[0]?.seenAtMs, world.now())
  const untilMs = skipTableIn(world.view)[0]?.untilMs ?? 0
  world.block({ afterMs: untilMs + 299_999 - world.now() })
  assert.is(skipTableIn(world.view).length, 1)
  world.block({ afterMs: 1 })
  assert.is(world.view.get(skippedProposers), undefined)
})

test('whoever builds and misses by turns is passed over longer each time', () => {
  const world = createGovernanceWorld(4)
  world.block({ round: 1 })
  const [liar] = skippedNames(world)
  for (let strikes = 1; strikes <= 6; strikes++) {
    assert.is(skipTableIn(world.view)[0]?.strikes, strikes)
    world.block({ afterMs: backOffMs(strikes) })
    while (world.block().join() !== liar) assert.equal(skippedNames(world), [])
    while (world.nextBuilder().join() !== liar) world.block()
    world.block({ round: 1 })
    assert.equal(skippedNames(world), [liar])
  }
})

test('whoever stays away is remembered for as long as that lasts', () => {
  const world = createGovernanceWorld(4)
  world.block({ round: 1 })
  for (let count = 0; count < 3; count++) world.block({ afterMs: 1 })
  world.block({ afterMs: 900_000 })
  assert.is(skipTableIn(world.view)[0]?.strikes, 1)
})

test('whoever builds the block of a round after all others missed theirs is not marked', () => {
  const world = createGovernanceWorld(4)
  // Round 4 is the turn of the proposer of round 0 again.
  const builder = world.block({ round: 4 })
  assert.equal(builder, world.idOf(0))
  assert.is(skipTableIn(world.view).length, 0)
})

test('with more marks than faults are borne, the last ones count', () => {
  const world = createGovernanceWorld(6)
  world.block({ round: 1, afterMs: 10 })
  const [first] = skippedNames(world)
  world.block({ round: 1, afterMs: 10 })
  assert.is(skipTableIn(world.view).length, 2)
  assert.is(skippedNames(world).length, 1)
  assert.not(skippedNames(world).includes(first as string))
})

test('ready ends the back-off and keeps the strikes; a second one waits as long as they ask', () => {
  const world = createGovernanceWorld(4)
  world.block({ round: 1 })
  const marked = world.member(0)
  assert.equal(skippedNames(world), [world.idOf(0).join()])
  assert.is(codeOf(world.ready(marked)), 'ok')
  assert.equal(skippedNames(world), [])
  assert.is(skipTableIn(world.view)[0]?.strikes, 1)
  assert.is(codeOf(world.ready(marked)), 'validator.not-awaited')
  // Its next turn comes, and it misses that as well.
  for (let count = 0; count < 2; count++) world.block({ afterMs: 10 })
  world.block({ round: 1, afterMs: 10 })
  assert.is(skipTableIn(world.view)[0]?.strikes, 2)
  assert.equal(skippedNames(world), [world.idOf(0).join()])
  assert.is(codeOf(world.ready(marked)), 'validator.ready-too-soon')
  world.block({ afterMs: 1900 })
  assert.is(codeOf(world.ready(marked)), 'validator.ready-too-soon')
})

test('never are more than f passed over, whatever the headers say', () => {
  const step = fc.record({
    round: fc.nat(12),
    afterMs: fc.integer({ min: 1, max: 400_000 }),
    isReady: fc.boolean(),
    who: fc.nat(9),
  })
  fc.assert(
    fc.property(fc.integer({ min: 4, max: 10 }), fc.array(step, { maxLength: 60 }), (size, steps) => {
      const world = createGovernanceWorld(size)
      for (const { round, afterMs, isReady, who } of steps) {
        world.block({ round, afterMs })
        if (isReady) world.ready(world.member(who % size))
        const skipped = skippedIn(world.view, world.now())
        assert.ok(skipped.size <= faultyMax(size))
        assert.ok([...skipped].every((index) => index >= 0 && index < size))
        const names = skipTableIn(world.view).map(({ institution }) => institution.join())
        assert.is(new Set(names).size, names.length)
      }
    }),
    { numRuns: 100 },
  )
})

test('the beginning of a block without marks, changes or versions writes nothing', () => {
  const world = createGovernanceWorld(4)
  world.block()
  let writes = 0
  const count = (): void => {
    writes += 1
  }
  beginBlock(
    { get: (table, ...key) => world.view.get(table, ...key), put: count, remove: count },
    {
      height: 2,
      round: 0,
      timeMs: world.now() + 1,
      proposer: world.idOf(1),
      parentTimeMs: world.now(),
      parentProposer: world.idOf(0),
    },
  )
  assert.is(writes, 0)
})

test.run()
