import type { Connection, Stream } from '@libp2p/interface'
import { decode, encode } from 'it-length-prefixed'
import { pipe } from 'it-pipe'
import type { NetworkClock } from '../port.ts'
import { PING_PROTOCOL } from '../protocol-ids.ts'
import { openStream } from '../wire/open-stream.ts'
import { abandonStream } from '../wire/write-piece.ts'
import { PING_BYTES } from './echo.ts'

export interface Pinger {
  /** Opens the stream and sends the first ping. */
  start(): void
  /** Counts a missed ping if nothing was heard since the last tick, and sends the next one. */
  tick(): void
  /** Any bytes from the peer are a sign of life. */
  heard(): void
  readonly roundTripMs: number | undefined
}

/**
 * Counts ticks, not milliseconds: when this very process stood still, the time that passed says nothing
 * about the peer, and late timers fire before the waiting answers are read.
 */
export const createPinger = (parts: {
  connection: Connection
  clock: NetworkClock
  missedMax: number
  onAnswer: () => void
  onSilent: () => void
}): Pinger => {
  let stream: Stream | undefined
  let opening = false
  let heard = true
  let missed = 0
  let sequence = 0
  let sentAtMs = 0
  let roundTripMs: number | undefined

  const receive = (answer: Uint8Array): void => {
    if (
      answer.length === PING_BYTES &&
      new DataView(answer.buffer, answer.byteOffset).getUint32(0) === sequence
    )
      roundTripMs = parts.clock.now() - sentAtMs
    parts.onAnswer()
  }

  const open = async (): Promise<void> => {
    opening = true
    try {
      const opened = await openStream(parts.connection, PING_PROTOCOL)
      stream = opened
      opened.addEventListener('close', () => {
        if (stream === opened) stream = undefined
      })
      pipe(
        opened,
        (source) => decode(source, { maxDataLength: PING_BYTES }),
        async (source) => {
          for await (const answer of source) receive(answer.subarray())
        },
      ).catch(() => abandonStream(opened, 'bad answer to a ping'))
      send()
    } catch {
      // Without a stream there is no answer either: the missed pings end the connection.
    } finally {
      opening = false
    }
  }

  const send = (): void => {
    if (stream === undefined || stream.writeStatus !== 'writable' || stream.writableNeedsDrain) return
    sequence = (sequence + 1) >>> 0
    const ping = new Uint8Array(PING_BYTES)
    new DataView(ping.buffer).setUint32(0, sequence)
    sentAtMs = parts.clock.now()
    stream.send(encode.single(ping))
  }

  return {
    start() {
      void open()
    },
    tick() {
      missed = heard ? 0 : missed + 1
      heard = false
      if (missed >= parts.missedMax) {
        parts.onSilent()
        return
      }
      if (stream === undefined && !opening) void open()
      else send()
    },
    heard() {
      heard = true
    },
    get roundTripMs() {
      return roundTripMs
    },
  }
}
