import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { nodeAt, startWorld, until } from './network-world.ts'

const HEAL_MS_MAX = 8_000

test('a node that restarts on its port is connected again in seconds, frames and gossip too', async () => {
  const world = await startWorld(4)
  try {
    for (const index of [0, 3]) {
      const gone = nodeAt(world, index)
      await gone.network.close()
      const others = world.nodes.filter((node) => node !== gone)
      await until('the others to notice', () =>
        others.every((node) => node.metrics.value('peers_connected_count') === 2),
      )
      world.nodes.splice(index, 1)
      const back = await world.startNode(index)
      world.nodes.splice(index, 0, ...world.nodes.splice(-1))
      const healMs = await world.waitForMesh(HEAL_MS_MAX)

      const frames = new Set<string>()
      const blocks = new Set<string>()
      for (const node of others)
        node.network.onGossip('blocks', (from) => {
          blocks.add(`${from} ${node.institution}`)
          return 'accept'
        })
      back.network.onFrame((from) => frames.add(from))
      for (const node of others) node.network.broadcast(Uint8Array.of(index))
      await until('frames to the restarted node', () => frames.size === 3, HEAL_MS_MAX)
      const gossipMs = await until('gossip from it', () => {
        void back.network.publish('blocks', Uint8Array.of(1))
        return [...blocks].filter((line) => line.startsWith(back.institution)).length === 3
      })
      console.log(
        `restart of ${index}: mesh after ${healMs.toFixed(0)} ms, gossip ${gossipMs.toFixed(0)} ms later`,
      )
    }
  } finally {
    await world.close()
  }
})

test('connections stay as they are when nothing happens', async () => {
  const world = await startWorld(4, { liveness: { pingIntervalMs: 50, redialIntervalMs: 20 } })
  try {
    const before = world.nodes.map((node) => node.network.peers().map((peer) => peer.connectedSinceMs))
    const received = world.nodes.map((node) => node.metrics.value('dials_total'))
    let ticks = 0
    const timer = setInterval(() => (ticks += 1), 20)
    await until('many pings and redial rounds', () => ticks >= 60)
    clearInterval(timer)
    assert.equal(
      world.nodes.map((node) => node.network.peers().map((peer) => peer.connectedSinceMs)),
      before,
    )
    assert.equal(
      world.nodes.map((node) => node.metrics.value('dials_total')),
      received,
    )
  } finally {
    await world.close()
  }
})

test.run()
