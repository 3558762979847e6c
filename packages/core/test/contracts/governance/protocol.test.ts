import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { protocolIn, protocolVersionIn } from '../../../src/contracts/index.ts'
import { codeOf, createGovernanceWorld } from './governance-world.ts'

test('the next version is in force from the height that was voted for, and not before two heights have passed', () => {
  for (const { fromHeight, inForceAt } of [
    { fromHeight: 0, inForceAt: 3 },
    { fromHeight: 2, inForceAt: 3 },
    { fromHeight: 3, inForceAt: 3 },
    { fromHeight: 10, inForceAt: 10 },
  ]) {
    const world = createGovernanceWorld(4)
    world.block()
    assert.is(protocolVersionIn(world.view, 1000), 1)
    assert.is(codeOf(world.pass({ type: 'protocol', version: 2, fromHeight })), 'ok')
    for (let height = 2; height < inForceAt; height++) {
      assert.is(protocolVersionIn(world.view, height), 1)
      world.block()
    }
    assert.is(protocolVersionIn(world.view, inForceAt), 2)
    world.block()
    assert.equal(protocolIn(world.view), { version: 2, next: undefined })
  }
})

test('only the next version can be voted for, and until it is in force another height', () => {
  const world = createGovernanceWorld(4)
  world.block()
  for (const version of [0, 1, 3])
    assert.is(
      codeOf(world.propose(0, { type: 'protocol', version, fromHeight: 9 })),
      'governance.wrong-version',
    )
  assert.is(codeOf(world.pass({ type: 'protocol', version: 2, fromHeight: 9 })), 'ok')
  assert.is(codeOf(world.pass({ type: 'protocol', version: 2, fromHeight: 900 })), 'ok')
  assert.equal(protocolIn(world.view).next, { version: 2, fromHeight: 900 })
  for (let count = 0; count < 20; count++) world.block()
  assert.is(protocolVersionIn(world.view, world.height()), 1)
})

test('a version that waits for its height holds up no other change', () => {
  const world = createGovernanceWorld(4)
  world.block()
  assert.is(codeOf(world.pass({ type: 'protocol', version: 2, fromHeight: 9000 })), 'ok')
  const parameters = { ...world.genesis.parameters, heartbeatMs: 9000 }
  assert.is(codeOf(world.pass({ type: 'parameters', parameters })), 'ok')
})

test.run()
