import { randomBytes } from 'node:crypto'
import type { Stream } from '@libp2p/interface'
import { encode } from 'it-length-prefixed'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createWorld, type TestNode, until, type World } from './network-world.ts'
import { type RawMember, startRawMember } from './raw-member.ts'

const MIB = 1024 * 1024
const FULL_PIECE = new Uint8Array(64 * 1024 - 64 + 1)

const withRawMember = async (
  body: (parts: { node: TestNode; raw: RawMember; world: World }) => Promise<void>,
): Promise<void> => {
  const world = await createWorld(2)
  const node = await world.startNode(0)
  const raw = await startRawMember(world, 1, node)
  try {
    await until('the connection', () => node.metrics.value('peers_connected_count') === 1)
    await body({ node, raw, world })
  } finally {
    await raw.close()
    await world.close()
  }
}

const endOf = (stream: Stream): Promise<number> =>
  until('the end of the stream', () => stream.status !== 'open')

const PROTOCOLS = ['consensus', 'sync', 'vault', 'ping'].map((name) => `/medchain/1/${name}`)

const GARBAGE: readonly (readonly [string, Uint8Array])[] = [
  ['an oversize length prefix', Uint8Array.of(0xff, 0xff, 0xff, 0x7f)],
  ['a length prefix that does not end', new Uint8Array(20).fill(0xff)],
  ['random bytes after a huge prefix', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, ...randomBytes(1_000))],
]

for (const protocol of PROTOCOLS)
  for (const [what, bytes] of GARBAGE)
    test(`${what} on ${protocol} closes that stream and nothing else`, () =>
      withRawMember(async ({ node, raw }) => {
        const stream = await raw.open(protocol)
        const ended = endOf(stream)
        stream.send(bytes)
        await ended
        await until('the violation', () => node.metrics.value('violations_total') === 1)
        assert.is(node.lines.filter((line) => line.level === 'warn').length, 1)
        assert.is(node.metrics.value('peers_connected_count'), 1)
        assert.is((await raw.open(protocol)).status, 'open')
      }))

const PIECES: readonly (readonly [string, Uint8Array[]])[] = [
  ['a piece without a flag', [new Uint8Array(0)]],
  ['a piece with an unknown flag', [Uint8Array.of(9, 1, 2)]],
  ['a short piece before the last', [Uint8Array.of(0, 1, 2)]],
  ['a frame over 1 MiB', Array.from({ length: 17 }, () => FULL_PIECE)],
]

for (const [what, pieces] of PIECES)
  test(`${what} closes the consensus stream and delivers nothing`, () =>
    withRawMember(async ({ node, raw }) => {
      let frames = 0
      node.network.onFrame(() => (frames += 1))
      const stream = await raw.open('/medchain/1/consensus')
      const ended = endOf(stream)
      for (const piece of pieces) stream.send(encode.single(piece))
      await ended
      await until('the violation', () => node.metrics.value('violations_total') === 1)
      assert.is(frames, 0)
    }))

test('a request over 24 MiB is cut off, one after it is served', () =>
  withRawMember(async ({ node, raw }) => {
    node.network.serve('sync', async () => Uint8Array.of(1))
    const stream = await raw.open('/medchain/1/sync')
    const ended = endOf(stream)
    const piece = encode.single(FULL_PIECE)
    const pour = (): void => {
      while (stream.status === 'open' && !stream.writableNeedsDrain) stream.send(piece.subarray())
    }
    stream.addEventListener('drain', pour)
    pour()
    await ended
    await until('the violation', () => node.metrics.value('violations_total') === 1)
    const next = await raw.open('/medchain/1/sync')
    const answered = new Promise((resolve) => next.addEventListener('message', resolve, { once: true }))
    next.send(encode.single(Uint8Array.of(1)))
    await answered
  }))

test('a flood of violations fills the counter and not the log', () =>
  withRawMember(async ({ node, raw }) => {
    for (let count = 0; count < 40; count += 1) {
      const stream = await raw.open('/medchain/1/sync')
      const ended = endOf(stream)
      stream.send(Uint8Array.of(0xff, 0xff, 0xff, 0x7f))
      await ended
    }
    await until('the violations', () => node.metrics.value('violations_total') === 40)
    assert.ok(node.lines.filter((line) => line.level === 'warn').length < 10)
  }))

test('garbage on the gossip stream does not stop the node', () =>
  withRawMember(async ({ node, raw }) => {
    const stream = await raw.open('/meshsub/1.2.0')
    stream.send(new Uint8Array(20).fill(0xff))
    stream.send(randomBytes(MIB / 8))
    node.network.serve('sync', async () => Uint8Array.of(1))
    const next = await raw.open('/medchain/1/sync')
    const answered = new Promise((resolve) => next.addEventListener('message', resolve, { once: true }))
    next.send(encode.single(Uint8Array.of(1)))
    await answered
  }))

test('a consensus stream from an observer is a violation', async () => {
  const world = await createWorld(2, 1)
  const node = await world.startNode(0)
  const raw = await startRawMember(world, 1, node)
  try {
    const ended = endOf(await raw.open('/medchain/1/consensus'))
    await ended
    await until('the violation', () => node.metrics.value('violations_total') === 1)
  } finally {
    await raw.close()
    await world.close()
  }
})

test.run()
