import { type Piece, pieceAt, sizeOfPiece } from './pieces.ts'

export interface FrameQueue {
  /** Queues a frame and returns how many old ones had to go for it. */
  push(frame: Uint8Array): number
  /** The next pieces, as many as `bytesMax` holds with all that stands around them, and one in any case. */
  nextPieces(bytesMax: number): Piece[]
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

  const begin = (): void => {
    if (current !== undefined) return
    current = shift()
    offset = 0
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
    nextPieces(bytesMax) {
      const pieces: Piece[] = []
      let room = bytesMax
      for (begin(); current !== undefined; begin()) {
        const { piece, next } = pieceAt(current, offset)
        room -= sizeOfPiece(piece)
        if (room < 0 && pieces.length > 0) break
        pieces.push(piece)
        offset = next
        if (next === current.length) current = undefined
      }
      return pieces
    },
    rewind() {
      offset = 0
    },
    get bytes() {
      return waitingBytes + (current === undefined ? 0 : current.length - offset)
    },
  }
}
