import type { ChildProcess } from 'node:child_process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createWorld, until } from './network-world.ts'
import { startRawMember } from './raw-member.ts'
import { startNodeProcess } from './stopped-node.ts'

const MIB = 1024 * 1024
const QUEUE_MIB = 8

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Memory outside the heap, where frames lie. */
const buffersMib = (): number => {
  collectGarbage()
  return process.memoryUsage().arrayBuffers / MIB
}

test('a peer that never reads its consensus stream costs a bounded queue, the oldest frames go', async () => {
  const world = await createWorld(2)
  const node = await world.startNode(0)
  const raw = await startRawMember(world, 1, node, {
    '/medchain/1/consensus': (stream) => stream.pause(),
  })
  try {
    await until('the connection', () => node.metrics.value('peers_connected_count') === 1)
    const beforeMib = buffersMib()
    for (let count = 0; count < 300; count += 1) {
      node.network.send(world.institution(1), new Uint8Array(MIB))
      if (count % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    const queued = node.network.peers()[0]?.queuedBytes ?? 0
    assert.ok(queued <= (QUEUE_MIB + 2) * MIB, `${queued} bytes queued`)
    assert.ok(node.metrics.value('frames_dropped_total') >= 280)
    await until('memory to be given back', () => buffersMib() - beforeMib < 3 * QUEUE_MIB)
    assert.is(node.metrics.value('peers_connected_count'), 1)
  } finally {
    await raw.close()
    await world.close()
  }
})

test('a stopped process is dropped, costs no memory, and is back soon after it goes on', async () => {
  const world = await createWorld(2)
  const node = await world.startNode(0, { liveness: { pingIntervalMs: 300 } })
  const { child, address } = await startNodeProcess(1, world.members)
  const peer = world.members[1]
  if (peer !== undefined) world.members[1] = { ...peer, addresses: [address] }
  const isConnected = (): boolean => node.network.peers()[0]?.connected === true
  try {
    await until('the connection', isConnected)
    const beforeMib = buffersMib()
    child.kill('SIGSTOP')
    const request = node.network.request(world.institution(1), 'sync', new Uint8Array(20 * MIB))
    request.catch(() => undefined)
    let sent = 0
    const noticedMs = await until('the silence to be noticed', () => {
      node.network.send(world.institution(1), new Uint8Array(MIB / 2))
      void node.network.publish('blocks', new Uint8Array(MIB / 16))
      sent += 1
      return !isConnected()
    })
    assert.ok(sent > 20)
    try {
      await request
      assert.unreachable()
    } catch (error) {
      assert.is((error as { code: string }).code, 'network.unreachable')
    }
    await until('memory to be given back', () => buffersMib() - beforeMib < 4 * QUEUE_MIB)
    child.kill('SIGCONT')
    const healMs = await until('the connection again', isConnected)
    let echoed = false
    node.network.onFrame(() => (echoed = true))
    const frameMs = await until('a frame back', () => {
      node.network.send(world.institution(1), Uint8Array.of(1))
      return echoed
    })
    console.log(
      `stopped: noticed ${noticedMs.toFixed(0)} ms, healed ${healMs.toFixed(0)} + ${frameMs.toFixed(0)} ms`,
    )
  } finally {
    child.kill('SIGCONT')
    child.kill('SIGKILL')
    await world.close()
  }
})

test('a process that is killed and started again is connected again in seconds', async () => {
  const world = await createWorld(3)
  const node = await world.startNode(0)
  await world.startNode(2)
  const startPeer = async (): Promise<ChildProcess> => {
    const { child, address } = await startNodeProcess(1, world.members)
    const member = world.members[1]
    if (member !== undefined) world.members[1] = { ...member, addresses: [address] }
    return child
  }
  let child = await startPeer()
  try {
    await world.waitForMesh()
    child.kill('SIGKILL')
    const noticedMs = await until('the end to be noticed', () => !node.network.peers()[0]?.connected)
    child = await startPeer()
    const healMs = await world.waitForMesh(8_000)
    console.log(`killed: noticed ${noticedMs.toFixed(0)} ms, mesh ${healMs.toFixed(0)} ms after it listens`)
  } finally {
    child.kill('SIGKILL')
    await world.close()
  }
})

test.run()
