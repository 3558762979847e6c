import { type Piece, pieceAt } from './pieces.ts'

export interface FrameQueue {
  /** Queues a frame and returns how many old ones had to go for it. */
  push(frame: Uint8Array): number
  nextPiece(): Piece | undefined
  /** Forgets how far the current frame came: a new stream begins with a whole frame. */
  rewind(): void
  readonly bytes: number
}

/** First in, first out, bounded in bytes and frames. A frame that is partly sent is never dropped. */
export const createFrameQueue = (bounds: { bytesMax: number; framesMax: number }): FrameQueue => {
  const frames: Uint8Array[] = []
  let waitingBytes = 0
  let current: Uint8Array | undefined
  let offset = 0

  const shift = (): Uint8Array | undefined => {
    const frame = frames.shift()
    if (frame !== undefined) waitingBytes -= frame.length
    return frame
  }

  return {
    push(frame) {
      frames.push(frame)
      waitingBytes += frame.length
      let dropped = 0
      while (frames.length > 1 && (waitingBytes > bounds.bytesMax || frames.length > bounds.framesMax)) {
        shift()
        dropped += 1
      }
      return dropped
    },
    nextPiece() {
      if (current === undefined) {
        current = shift()
        offset = 0
      }
      if (current === undefined) return undefined
      const { piece, next } = pieceAt(current, offset)
      offset = next
      if (next === current.length) current = undefined
      return piece
    },
    rewind() {
      offset = 0
    },
    get bytes() {
      return waitingBytes + (current === undefined ? 0 : current.length - offset)
    },
  }
}
