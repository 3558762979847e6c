import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Replica } from '../../src/replica/index.ts'
import { joinChecks } from './checks/check.ts'
import { runUntil, scenarioOf } from './run-seed.ts'
import { createWorld } from './world/create-world.ts'
import type { Host } from './world/host.ts'
import { crash, handle } from './world/process.ts'

/** A process that notes what it is told, and may pause. */
const createHeard = () => {
  const { world } = createWorld(scenarioOf(1, true))
  const host = world.hosts[0] as Host
  const heard: string[] = []
  Object.assign(world.checks, joinChecks([]))
  host.replica = {
    handle: (input) => {
      heard.push(input.type)
      return []
    },
  } as Partial<Replica> as Replica
  const link = (type: 'peer-up' | 'peer-down'): void =>
    handle(
      world,
      host,
      type === 'peer-up' ? { type, peer: 'a', institution: undefined } : { type, peer: 'a' },
    )
  return { world, host, heard, link }
}

test('a neighbour that goes and comes back during a pause is there after it, though the pause changes', () => {
  const { world, host, heard, link } = createHeard()
  host.pausedUntilMs = 900
  link('peer-down')
  runUntil(world, 100)
  host.pausedUntilMs = 700
  link('peer-up')
  assert.equal(heard, [])
  runUntil(world, 1000)
  assert.equal(heard, ['peer-down', 'peer-up'])
})

test('what came before a crash is not heard after it', () => {
  const { world, host, heard, link } = createHeard()
  const { replica } = host
  host.pausedUntilMs = 500
  link('peer-up')
  crash(world, host)
  host.replica = replica
  host.pausedUntilMs = 400
  link('peer-down')
  runUntil(world, 1000)
  assert.equal(heard, ['peer-down'])
})

test.run()
