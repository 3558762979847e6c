import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createWorld, nodeAt, startWorld, until } from './network-world.ts'

test('three nodes connect, each once, and exchange frames', async () => {
  const world = await startWorld(3)
  try {
    const received: string[] = []
    for (const node of world.nodes)
      node.network.onFrame((from, frame) =>
        received.push(`${from.at(-1)}>${node.institution.at(-1)}:${frame}`),
      )
    for (const node of world.nodes) node.network.broadcast(Uint8Array.of(1, 2))
    await until('all frames', () => received.length === 6)
    assert.equal(received.sort(), ['1>2:1,2', '1>3:1,2', '2>1:1,2', '2>3:1,2', '3>1:1,2', '3>2:1,2'])
    await until('round trips', () =>
      world.nodes.every((node) => node.network.peers().every((peer) => peer.roundTripMs !== undefined)),
    )
    for (const node of world.nodes) assert.is(node.metrics.value('peers_connected_count'), 2)
  } finally {
    await world.close()
  }
})

test('a stranger is refused, and refused again', async () => {
  const world = await startWorld(2)
  try {
    const stranger = await world.startNode(5)
    const [first] = world.nodes
    await until('two refusals', () => (first?.metrics.value('strangers_refused_total') ?? 0) >= 2)
    assert.ok(stranger.network.peers().every((peer) => !peer.connected))
    assert.is(nodeAt(world, 0).metrics.value('peers_connected_count'), 1)
    assert.is(nodeAt(world, 1).metrics.value('peers_connected_count'), 1)
  } finally {
    await world.close()
  }
})

test('an observer is connected and neither sends nor receives consensus frames', async () => {
  const world = await startWorld(3, { validators: 2 })
  try {
    const received: string[] = []
    for (const node of world.nodes)
      node.network.onFrame((from) => received.push(`${from.at(-1)}>${node.institution.at(-1)}`))
    for (const node of world.nodes) node.network.broadcast(Uint8Array.of(1))
    await until('the validators to hear each other', () => received.length === 2)
    nodeAt(world, 0).network.send(world.institution(2), Uint8Array.of(1))
    assert.is(nodeAt(world, 0).metrics.value('frames_dropped_total'), 1)
    assert.equal(received.sort(), ['1>2', '2>1'])
  } finally {
    await world.close()
  }
})

test('a member that leaves the directory is disconnected and stays out', async () => {
  const world = await startWorld(3, { liveness: { pingIntervalMs: 100, missedPingsMax: 30 } })
  try {
    const events: string[] = []
    nodeAt(world, 0).network.onPeer((event) => events.push(`${event.institution.at(-1)} ${event.connected}`))
    world.members.splice(2, 1)
    await until('the connection to end', () => nodeAt(world, 0).metrics.value('peers_connected_count') === 1)
    await until('a refused return', () => nodeAt(world, 0).metrics.value('strangers_refused_total') >= 1)
    assert.equal(events, ['3 false'])
  } finally {
    await world.close()
  }
})

test('an observer that becomes a validator takes part, and no longer when it stops being one', async () => {
  const world = await startWorld(2, { validators: 1, liveness: { pingIntervalMs: 100, missedPingsMax: 30 } })
  try {
    const [first, second] = [nodeAt(world, 0), nodeAt(world, 1)]
    let received = 0
    first.network.onFrame(() => {
      received += 1
    })
    const setValidator = (isValidator: boolean): void => {
      const [member] = world.members.splice(1, 1)
      if (member !== undefined) world.members.push({ ...member, isValidator })
    }
    setValidator(true)
    await until('a frame', () => {
      second.network.send(first.institution, Uint8Array.of(1))
      return received > 0
    })
    setValidator(false)
    second.network.send(first.institution, Uint8Array.of(1))
    const last = received
    await until('frames that go nowhere', () => {
      second.network.send(first.institution, Uint8Array.of(1))
      return second.metrics.value('frames_dropped_total') > 100
    })
    assert.ok(received <= last)
  } finally {
    await world.close()
  }
})

test('both sides dial at once and keep one connection', async () => {
  const world = await createWorld(4)
  try {
    await Promise.all([0, 1, 2, 3].map((index) => world.startNode(index)))
    const tookMs = await world.waitForMesh()
    assert.ok(tookMs < 10_000, `${tookMs} ms`)
    for (const node of world.nodes)
      assert.is(node.lines.filter((line) => line.message === 'peer disconnected').length, 0)
  } finally {
    await world.close()
  }
})

test.run()
