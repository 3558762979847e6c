import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { FRAMES_BURST } from '../../src/network/limits.ts'
import { CONSENSUS_PROTOCOL } from '../../src/network/protocol-ids.ts'
import { wireOf } from '../process/flood/pour.ts'
import { createWorld, until } from './network-world.ts'
import { startRawMember } from './raw-member.ts'

const MIB = 1024 * 1024
const FRAMES = 16_000

test('consensus frames above the rate wait on the side of who sends them, and come in order', async () => {
  const world = await createWorld(2)
  const node = await world.startNode(0)
  const raw = await startRawMember(world, 1, node)
  try {
    await until('the connection', () => node.metrics.value('peers_connected_count') === 1)
    const order: number[] = []
    node.network.onFrame((_from, frame) =>
      order.push(new DataView(frame.buffer, frame.byteOffset).getUint32(0)),
    )
    const frames = Array.from({ length: FRAMES }, (_, index) => {
      const frame = new Uint8Array(2 * 1024)
      new DataView(frame.buffer).setUint32(0, index)
      return wireOf(frame)
    })
    const frameBytes = frames[0]?.length ?? 0
    const stream = await raw.open(CONSENSUS_PROTOCOL)
    stream.send(Buffer.concat(frames))
    await until('more than what is read at once', () => order.length > FRAMES_BURST + 200)
    const taken = FRAMES * frameBytes - stream.writeBufferLength
    assert.ok(taken - order.length * frameBytes < MIB, `${taken} bytes taken for ${order.length} frames`)
    assert.equal(order, [...order.keys()])
    assert.is(node.metrics.value('violations_total'), 0)
  } finally {
    await raw.close()
    await world.close()
  }
})

test.run()
