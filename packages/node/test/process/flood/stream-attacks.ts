import { randomBytes } from 'node:crypto'
import { setTimeout as delay, setImmediate } from 'node:timers/promises'
import { encodeSyncRequest } from '@medchain/core'
import { encode } from 'it-length-prefixed'
import { PIECE_BYTES_MAX } from '../../../src/network/limits.ts'
import { gossipTopicName, REQUEST_PROTOCOLS } from '../../../src/network/protocol-ids.ts'
import type { Battle } from './consensus-attacks.ts'
import { pourAgain, wireOf } from './pour.ts'

const PROTOCOLS = ['/medchain/1/consensus', '/medchain/1/sync', '/medchain/1/vault', '/medchain/1/ping']

type Attack = (battle: Battle) => Promise<unknown>

/** Pieces of a frame that never ends, and length prefixes over the limit, on every protocol. */
const oversized: Attack = async ({ member, poured }) => {
  const full = encode.single(new Uint8Array(PIECE_BYTES_MAX + 1)).subarray()
  const huge = Uint8Array.of(0xff, 0xff, 0xff, 0x7f)
  const nexts = [() => full, () => huge]
  await Promise.all(
    member.targets.flatMap((target) =>
      PROTOCOLS.flatMap((protocol) =>
        nexts.map((next) => pourAgain(() => member.connect(target), protocol, next, poured)),
      ),
    ),
  )
}

/** Opens streams and says nothing in them; some before their protocol is agreed on. */
const halfOpen: Attack = async ({ member, poured }) => {
  await Promise.all(
    member.targets.map(async (target) => {
      for (;;) {
        try {
          const connection = await member.connect(target)
          const opened = Array.from({ length: 64 }, (_, index) =>
            connection.newStream(PROTOCOLS[index % PROTOCOLS.length] as string, {
              maxOutboundStreams: 100_000,
              signal: AbortSignal.timeout(1_000),
            }),
          )
          const ends = await Promise.allSettled(opened)
          poured.count += ends.filter(({ status }) => status === 'fulfilled').length
        } catch {
          await delay(50)
        }
      }
    }),
  )
}

/** Asks for as many blocks as one answer may hold, again and again, and never reads. */
const slowReader: Attack = async ({ member, poured }) => {
  const request = { fromHeight: 1, blocksMax: 1024, sizeBytesMax: 2 * 1024 * 1024 }
  const bytes = wireOf(encodeSyncRequest(request))
  await Promise.all(
    member.targets.map(async (target) => {
      for (;;) {
        try {
          const connection = await member.connect(target)
          const stream = await connection.newStream(REQUEST_PROTOCOLS.sync, { maxOutboundStreams: 100_000 })
          stream.pause()
          stream.send(bytes)
          poured.count += 1
          if (poured.count % 16 === 0) await delay(5)
        } catch {
          await delay(20)
        }
      }
    }),
  )
}

/** Signed messages of rubbish on the gossip topics, large and small. */
const gossip: Attack = async ({ member, networkId, poured }) => {
  const topics = (['blocks', 'bundles'] as const).map((topic) => gossipTopicName(networkId, topic))
  for (let turn = 0; ; turn++) {
    const bytes =
      turn % 8 === 0 ? new Uint8Array(3 * 1024 * 1024).fill(0x80) : new Uint8Array(randomBytes(200))
    bytes.set(randomBytes(8), 8)
    const { recipients } = await member.host.services.pubsub
      .publish(topics[turn % 2] as string, bytes)
      .catch(() => ({ recipients: [] }))
    poured.count += recipients.length
    poured.sizeBytes += recipients.length * bytes.length
    if (recipients.length === 0) {
      for (const target of member.targets) await member.connect(target).catch(() => undefined)
      await delay(50)
    }
    if (turn % 4 === 0) await setImmediate()
  }
}

/** Bytes that are no message at all on gossip streams. */
const gossipBytes: Attack = ({ member, poured }) => {
  const bytes = new Uint8Array(randomBytes(64 * 1024)).fill(0xff, 0, 12)
  return Promise.all(
    member.targets.map((target) =>
      pourAgain(
        () => member.connect(target),
        '/meshsub/1.2.0',
        () => bytes,
        poured,
      ),
    ),
  )
}

export const STREAM_ATTACKS: Readonly<Record<string, Attack>> = {
  oversized,
  halfOpen,
  slowReader,
  gossip,
  gossipBytes,
}
