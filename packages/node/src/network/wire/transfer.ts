import type { Stream } from '@libp2p/interface'
import { NetworkError } from '../network-error.ts'
import { pieceAt } from './pieces.ts'
import { writePieces } from './write-piece.ts'

/** A body on its way out through a stream of its own. */
export interface Transfer {
  readonly stream: Stream
  readonly remainingBytes: number
  isReady(): boolean
  /** Writes one piece; false when there is nothing left to write. */
  writeNext(): boolean
  fail(): void
}

export const createTransfer = (
  stream: Stream,
  body: Uint8Array,
  outcome: { onProgress: () => void; resolve: () => void; reject: (error: NetworkError) => void },
): Transfer => {
  let offset = 0
  let settled = false

  const fail = (): void => {
    if (settled) return
    settled = true
    outcome.reject(new NetworkError('network.unreachable', 'the stream ended before everything was sent'))
  }

  return {
    stream,
    get remainingBytes() {
      return body.length - offset
    },
    isReady: () => stream.writeStatus === 'writable' && !stream.writableNeedsDrain,
    writeNext() {
      const { piece, next } = pieceAt(body, offset)
      try {
        writePieces(stream, [piece])
      } catch {
        fail()
        return false
      }
      offset = next
      outcome.onProgress()
      if (next < body.length) return true
      settled = true
      outcome.resolve()
      return false
    },
    fail,
  }
}
