import { setImmediate } from 'node:timers/promises'
import type { Connection, Stream } from '@libp2p/interface'
import { encode } from 'it-length-prefixed'
import { PIECE_BYTES_MAX } from '../../../src/network/limits.ts'
import { pieceAt } from '../../../src/network/wire/pieces.ts'

/** A frame as the wire has it: length-prefixed pieces. */
export const wireOf = (frame: Uint8Array): Uint8Array => {
  const parts: Uint8Array[] = []
  for (let at = 0; at < frame.length || parts.length === 0; at += PIECE_BYTES_MAX) {
    const { piece } = pieceAt(frame, at)
    parts.push(encode.single(Buffer.concat([piece.flag, piece.payload])).subarray())
  }
  return Buffer.concat(parts)
}

const drained = (stream: Stream): Promise<void> =>
  new Promise((resolve) => {
    stream.addEventListener('drain', () => resolve(), { once: true })
    stream.addEventListener('close', () => resolve(), { once: true })
  })

export interface Poured {
  count: number
  sizeBytes: number
}

/** Writes what `next` gives, as fast as the other side takes it, until the stream ends. */
export const pour = async (stream: Stream, next: () => Uint8Array, poured: Poured): Promise<void> => {
  try {
    for (let turn = 0; stream.status === 'open'; turn++) {
      const bytes = next()
      const isTaken = stream.send(bytes)
      poured.count += 1
      poured.sizeBytes += bytes.length
      if (!isTaken) await drained(stream)
      if (turn % 16 === 0) await setImmediate()
    }
  } catch {
    // Closed from the other side: the caller tries another stream.
  }
}

/** Opens stream after stream of a protocol and pours into each. */
export const pourAgain = async (
  connect: () => Promise<Connection>,
  protocol: string,
  next: () => Uint8Array,
  poured: Poured,
): Promise<void> => {
  for (;;) {
    try {
      const stream = await (await connect()).newStream(protocol, { maxOutboundStreams: 10_000 })
      await pour(stream, next, poured)
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
