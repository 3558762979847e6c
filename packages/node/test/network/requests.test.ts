import { randomBytes } from 'node:crypto'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { NetworkError } from '../../src/network/network-error.ts'
import { nodeAt, startWorld, until, type World } from './network-world.ts'

const MIB = 1024 * 1024

const codeOf = async (request: Promise<Uint8Array>): Promise<string> => {
  try {
    await request
    return 'answered'
  } catch (error) {
    return (error as NetworkError).code
  }
}

const withPair = async (body: (world: World, ask: World['nodes'][number], to: string) => Promise<void>) => {
  const world = await startWorld(2)
  try {
    await body(world, nodeAt(world, 0), world.institution(1))
  } finally {
    await world.close()
  }
}

test('an 8 MiB request and its 8 MiB answer arrive whole', () =>
  withPair(async (world, { network }, to) => {
    const body = randomBytes(8 * MIB)
    nodeAt(world, 1).network.serve('vault', async (from, request) => {
      assert.is(from, world.institution(0))
      return request.toReversed()
    })
    const answer = await network.request(to, 'vault', body)
    assert.ok(Buffer.from(body.toReversed()).equals(answer))
  }))

test('twenty requests at once are all answered, over the limit of those under way', () =>
  withPair(async (world, { network }, to) => {
    nodeAt(world, 1).network.serve('sync', async (_from, body) => body)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => network.request(to, 'sync', Uint8Array.of(index))),
    )
    assert.equal(
      answers.map((answer) => answer[0]),
      Array.from({ length: 20 }, (_, index) => index),
    )
  }))

test('an empty request gets an empty answer', () =>
  withPair(async (world, { network }, to) => {
    nodeAt(world, 1).network.serve('sync', async () => new Uint8Array(0))
    assert.is((await network.request(to, 'sync', new Uint8Array(0))).length, 0)
  }))

test('what can go wrong has a code', () =>
  withPair(async (world, { network }, to) => {
    const server = nodeAt(world, 1).network
    let release = (): void => undefined
    server.serve('sync', async (_from, body) => {
      if (body[0] === 1) throw new Error('the handler broke')
      if (body[0] === 2) await new Promise<void>((resolve) => (release = resolve))
      return new Uint8Array(body[0] === 3 ? 2 * MIB : body[0] === 4 ? 25 * MIB : 1)
    })
    assert.is(await codeOf(network.request(to, 'sync', Uint8Array.of(0))), 'answered')
    assert.is(await codeOf(network.request(to, 'vault', Uint8Array.of(0))), 'network.refused')
    assert.is(await codeOf(network.request(to, 'sync', Uint8Array.of(1))), 'network.refused')
    assert.is(
      await codeOf(network.request(to, 'sync', Uint8Array.of(2), { timeoutMs: 50 })),
      'network.timeout',
    )
    release()
    const controller = new AbortController()
    const cancelled = codeOf(network.request(to, 'sync', Uint8Array.of(2), { signal: controller.signal }))
    controller.abort()
    assert.is(await cancelled, 'network.cancelled')
    release()
    const small = { maxResponseBytes: MIB }
    assert.is(await codeOf(network.request(to, 'sync', Uint8Array.of(3), small)), 'network.too-large')
    assert.is(await codeOf(network.request(to, 'sync', Uint8Array.of(4))), 'network.too-large')
    assert.is(await codeOf(network.request(to, 'sync', new Uint8Array(25 * MIB))), 'network.too-large')
    assert.is(await codeOf(network.request('ff'.repeat(32), 'sync', Uint8Array.of(0))), 'network.unreachable')
    assert.is(await codeOf(network.request(to, 'sync', Uint8Array.of(0))), 'answered')
  }))

test('a request under way fails when its peer goes', () =>
  withPair(async (world, { network }, to) => {
    let asked = false
    nodeAt(world, 1).network.serve('sync', () => {
      asked = true
      return new Promise(() => undefined)
    })
    const code = codeOf(network.request(to, 'sync', Uint8Array.of(0)))
    await until('the request to arrive', () => asked)
    await nodeAt(world, 1).network.close()
    assert.is(await code, 'network.unreachable')
  }))

test.run()
