import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { FRAMES_BURST } from '../../src/network/limits.ts'
import type { GossipVerdict } from '../../src/network/port.ts'
import { CONSENSUS_PROTOCOL, gossipTopicName } from '../../src/network/protocol-ids.ts'
import { wireOf } from '../process/flood/pour.ts'
import { createWorld, NETWORK_ID, until } from './network-world.ts'
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

interface OutboundStreams {
  readonly streamsOutbound: ReadonlyMap<
    string,
    { readonly rawStream: { readonly writeBufferLength: number } }
  >
}

test('gossip that is not judged yet keeps what follows it on the side of who sends it', async () => {
  const world = await createWorld(2)
  const node = await world.startNode(0)
  const raw = await startRawMember(world, 1, node)
  try {
    const { pubsub } = raw.host.services
    const topic = gossipTopicName(NETWORK_ID, 'bundles')
    await until('the subscription of the node', () => pubsub.getSubscribers(topic).length === 1)
    let judge = (_: GossipVerdict): void => undefined
    const sizes: number[] = []
    node.network.onGossip('bundles', (_from, bytes) => {
      sizes.push(bytes.length)
      return new Promise((resolve) => {
        judge = resolve
      })
    })
    const waiting = (): number => {
      const streams = (pubsub as unknown as OutboundStreams).streamsOutbound
      return [...streams.values()].reduce((sum, { rawStream }) => sum + rawStream.writeBufferLength, 0)
    }
    for (let each = 0; each < 3; each++) await pubsub.publish(topic, new Uint8Array(3 * MIB).fill(each))
    await until('the first message', () => sizes.length === 1)
    let last = 0
    let looks = 0
    await until('nothing more moves', () => {
      const now = waiting()
      looks = now === last ? looks + 1 : 0
      last = now
      return looks > 30
    })
    assert.ok(last > 4 * MIB, `${last} bytes wait on the side of the sender`)
    assert.equal(sizes, [3 * MIB])
    for (let each = 1; each <= 3; each++) {
      await until('the next message', () => sizes.length === each)
      judge('accept')
    }
    await until('nothing waits', () => waiting() === 0)
  } finally {
    await raw.close()
    await world.close()
  }
})

test.run()
