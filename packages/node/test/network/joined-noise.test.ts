import { createHash } from 'node:crypto'
import { Uint8ArrayList } from 'uint8arraylist'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createHost } from '../../src/network/host.ts'
import { decodePackets, type PacketDecoder } from '../../src/network/wire/joined-noise.ts'

const createDecoder = (): PacketDecoder => {
  const decoder: PacketDecoder = { buffer: new Uint8ArrayList(), decode: () => [] }
  decodePackets(decoder)
  return decoder
}

const packetOf = (length: number): Uint8Array =>
  Uint8Array.from([length >> 8, length & 255, ...new Array<number>(length).fill(length % 251)])

const lengthsIn = (decoder: PacketDecoder, data: Uint8Array): number[] =>
  [...decoder.decode(data)].map((packet) => packet.byteLength)

test('packets are found wherever the network cuts them, and nothing is kept of those that are whole', () => {
  const lengths = [1, 2, 300, 65_535, 7]
  const all = Buffer.concat(lengths.map(packetOf))
  for (const cut of [1, 2, 3, 999, 65_536, all.length]) {
    const decoder = createDecoder()
    const found: number[] = []
    for (let at = 0; at < all.length; at += cut) {
      for (const packet of decoder.decode(all.subarray(at, at + cut))) {
        found.push(packet.byteLength)
        assert.ok(packet.subarray().every((byte) => byte === packet.byteLength % 251))
      }
    }
    assert.equal(found, lengths)
    assert.is(decoder.buffer.byteLength, 0)
  }
})

test('an empty packet is passed over, and what came before the decoder was taken over counts', () => {
  const decoder = createDecoder()
  assert.equal(lengthsIn(decoder, packetOf(0)), [])
  decoder.buffer.append(Uint8Array.of(0))
  assert.equal(lengthsIn(decoder, Uint8Array.of(3, 1, 1, 1, 0)), [3])
  assert.equal(lengthsIn(decoder, Uint8Array.of(1, 9)), [1])
})

const startHost = async (name: string) => {
  const host = await createHost({
    privateKeySeed: createHash('sha256').update(name).digest(),
    listen: ['/ip4/127.0.0.1/tcp/0'],
    gater: {},
    dialTimeoutMs: 10_000,
    gossip: {},
  })
  await host.start()
  return host
}

test('the library still has what is taken over of it', async () => {
  const [dialler, listener] = await Promise.all([startHost('dialler'), startHost('listener')])
  try {
    const connection = await dialler.dial(listener.getMultiaddrs())
    const { muxer } = connection as unknown as {
      readonly muxer: { readonly maConn: { readonly decoder: PacketDecoder } }
    }
    const { decoder } = muxer.maConn
    assert.type(Object.getPrototypeOf(decoder).decode, 'function')
    const { decode } = decoder
    let packets = 0
    decoder.decode = function* (data) {
      for (const packet of decode(data)) {
        packets += 1
        yield packet
      }
    }
    await listener.handle('/test/1', () => undefined)
    await connection.newStream('/test/1')
    assert.ok(packets > 0)
    assert.is(Object.getPrototypeOf(decoder).decode.call(decoder, new Uint8Array(0)).next().done, true)
    assert.is(decoder.buffer.byteLength, 0)
  } finally {
    await Promise.all([dialler.stop(), listener.stop()])
  }
})

test.run()
