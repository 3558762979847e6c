import type { Stream } from '@libp2p/interface'
import { encode } from 'it-length-prefixed'
import { Uint8ArrayList } from 'uint8arraylist'
import type { Piece } from './pieces.ts'

const encoded = ({ flag, payload }: Piece) => encode.single(new Uint8ArrayList(flag, payload))

/** Writes pieces in one message; false when the caller has to wait for the stream's `drain` event. */
export const writePieces = (stream: Stream, pieces: readonly Piece[]): boolean =>
  stream.send(new Uint8ArrayList(...pieces.map(encoded)))

/** Ends a stream from this side in whatever state it is, without throwing. */
export const abandonStream = (stream: Stream, reason: string): void => {
  if (stream.status === 'open' || stream.status === 'closing') stream.abort(new Error(reason))
}
