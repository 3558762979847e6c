import type { Uint8ArrayList } from 'uint8arraylist'
import { PIECE_BYTES_MAX } from '../limits.ts'
import { NetworkError } from '../network-error.ts'

const MORE = 0
const LAST = 1

/** The largest length prefix a piece may announce: the flag and the payload. */
export const PIECE_MESSAGE_BYTES_MAX = PIECE_BYTES_MAX + 1

export interface Piece {
  readonly flag: Uint8Array
  readonly payload: Uint8Array
}

/** Bytes of a piece in a stream at most: flag, payload, and a length of three bytes in front. */
export const sizeOfPiece = ({ flag, payload }: Piece): number => 3 + flag.length + payload.length

const FLAGS = [Uint8Array.of(MORE), Uint8Array.of(LAST)] as const

/** The piece of `frame` at `offset`, and where the next one begins (`frame.length` after the last). */
export const pieceAt = (frame: Uint8Array, offset: number): { piece: Piece; next: number } => {
  const next = Math.min(offset + PIECE_BYTES_MAX, frame.length)
  const flag = FLAGS[next === frame.length ? LAST : MORE]
  return { piece: { flag, payload: frame.subarray(offset, next) }, next }
}

export interface Assembler {
  /** The whole frame with its last piece, nothing before; throws `NetworkError` on bad input. */
  push(message: Uint8ArrayList): Uint8Array | undefined
  readonly heldBytes: number
}

/** Joins the pieces of one stream into frames of at most `bytesMax` bytes. */
export const createAssembler = (bytesMax: number): Assembler => {
  let pieces: Uint8Array[] = []
  let heldBytes = 0

  const join = (): Uint8Array => {
    const frame = new Uint8Array(heldBytes)
    let offset = 0
    for (const piece of pieces) {
      frame.set(piece, offset)
      offset += piece.length
    }
    pieces = []
    heldBytes = 0
    return frame
  }

  return {
    push(message) {
      const flag = message.byteLength === 0 ? undefined : message.get(0)
      if (flag !== MORE && flag !== LAST) throw new NetworkError('network.malformed', 'a piece has no flag')
      const payload = message.subarray(1)
      if (flag === MORE && payload.length !== PIECE_BYTES_MAX)
        throw new NetworkError('network.malformed', 'a piece before the last is not full')
      if (heldBytes + payload.length > bytesMax)
        throw new NetworkError('network.too-large', `more than ${bytesMax} bytes`)
      pieces.push(payload)
      heldBytes += payload.length
      return flag === LAST ? join() : undefined
    },
    get heldBytes() {
      return heldBytes
    },
  }
}
