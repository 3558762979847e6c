import type { Stream } from '@libp2p/interface'
import { decode } from 'it-length-prefixed'
import { pipe } from 'it-pipe'
import type { Uint8ArrayList } from 'uint8arraylist'
import { createAssembler, PIECE_MESSAGE_BYTES_MAX } from './pieces.ts'

export interface ReadOptions {
  readonly bytesMax: number
  /** Called with the size of each piece before it is kept; may throw to end the reading. */
  readonly onPiece: (bytes: number) => void
}

/**
 * Calls `onFrame` with each frame of the source until it gives false; nothing more is asked of the source before it
 * does. Rejects when the peer sends what is no frame or too large a one. The end is known from the frames alone: a
 * stream's own end can be missed if the peer closed its side before reading began.
 */
export const readFrames = (
  from: AsyncIterable<Uint8Array | Uint8ArrayList>,
  options: ReadOptions,
  onFrame: (frame: Uint8Array) => boolean | Promise<boolean>,
): Promise<void> => {
  const assembler = createAssembler(options.bytesMax)
  return pipe(
    from,
    (source) => decode(source, { maxDataLength: PIECE_MESSAGE_BYTES_MAX }),
    async (source) => {
      for await (const message of source) {
        options.onPiece(message.byteLength)
        const frame = assembler.push(message)
        if (frame !== undefined && !(await onFrame(frame))) return
      }
    },
  )
}

/** The first frame of the stream; undefined if it ended before one was complete. */
export const readFrame = async (stream: Stream, options: ReadOptions): Promise<Uint8Array | undefined> => {
  let first: Uint8Array | undefined
  await readFrames(stream, options, (frame) => {
    first = frame
    return false
  })
  return first
}
