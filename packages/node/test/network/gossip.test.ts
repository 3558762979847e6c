import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { NetworkError } from '../../src/network/network-error.ts'
import type { GossipVerdict } from '../../src/network/port.ts'
import { nodeAt, startWorld, until, type World } from './network-world.ts'

const MIB = 1024 * 1024

/** Publishes until every other node has heard something, so that the subscriptions are known. */
const warmUp = async (world: World): Promise<void> => {
  const heard = new Set<string>()
  for (const node of world.nodes)
    node.network.onGossip('bundles', (from) => {
      heard.add(`${from} ${node.institution}`)
      return 'accept'
    })
  const pairs = world.nodes.length * (world.nodes.length - 1)
  await until('gossip between all', () => {
    for (const node of world.nodes) void node.network.publish('bundles', Uint8Array.of(0))
    return heard.size === pairs
  })
}

test('a published message reaches every other node once, with its author', async () => {
  const world = await startWorld(4)
  try {
    await warmUp(world)
    const heard: string[] = []
    for (const node of world.nodes)
      node.network.onGossip('blocks', (from, bytes) => {
        heard.push(`${from.at(-1)}>${node.institution.at(-1)} ${bytes.length}`)
        return 'accept'
      })
    await nodeAt(world, 1).network.publish('blocks', new Uint8Array(3 * MIB))
    await until('three copies', () => heard.length === 3)
    await nodeAt(world, 2).network.publish('blocks', Uint8Array.of(1))
    await until('three more', () => heard.length === 6)
    assert.equal(heard.sort(), ['2>1 3145728', '2>3 3145728', '2>4 3145728', '3>1 1', '3>2 1', '3>4 1'])
  } finally {
    await world.close()
  }
})

test('verdicts are counted, a handler that throws ignores, and nobody is shut out for them', async () => {
  const world = await startWorld(2)
  try {
    await warmUp(world)
    const { metrics, network } = nodeAt(world, 1)
    let next: GossipVerdict | 'throw' = 'accept'
    let heard = 0
    network.onGossip('blocks', async () => {
      heard += 1
      if (next === 'throw') throw new Error('broken')
      return next
    })
    for (const verdict of ['reject', 'ignore', 'throw', 'accept'] as const) {
      next = verdict
      for (let count = 1; count <= 20; count += 1) {
        const expected = heard + 1
        await nodeAt(world, 0).network.publish('blocks', Uint8Array.of(count))
        await until(`message ${count} for ${verdict}`, () => heard === expected)
      }
    }
    await until(
      'the counts',
      () => metrics.value('gossip_rejected_total') === 20 && metrics.value('gossip_ignored_total') === 40,
    )
  } finally {
    await world.close()
  }
})

test('a message over the cap is refused where it is published', async () => {
  const world = await startWorld(2)
  try {
    await nodeAt(world, 0).network.publish('blocks', new Uint8Array(4 * MIB))
    assert.unreachable()
  } catch (error) {
    assert.is((error as NetworkError).code, 'network.too-large')
  } finally {
    await world.close()
  }
})

test.run()
