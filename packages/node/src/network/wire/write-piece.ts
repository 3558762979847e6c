import type { Stream } from '@libp2p/interface'
import { encode } from 'it-length-prefixed'
import { Uint8ArrayList } from 'uint8arraylist'
import type { Piece } from './pieces.ts'

/** Writes one piece; false when the caller has to wait for the stream's `drain` event. */
export const writePiece = (stream: Stream, piece: Piece): boolean =>
  stream.send(encode.single(new Uint8ArrayList(piece.flag, piece.payload)))

/** Ends a stream from this side in whatever state it is, without throwing. */
export const abandonStream = (stream: Stream, reason: string): void => {
  if (stream.status === 'open' || stream.status === 'closing') stream.abort(new Error(reason))
}
