import type { Stream } from '@libp2p/interface'
import { decode, encode } from 'it-length-prefixed'
import { pipe } from 'it-pipe'

/** A sequence number, so that a late answer is not taken for the current one. */
export const PING_BYTES = 4

/** Sends every ping back; one that finds the way blocked is lost, never queued. */
export const echoPings = (stream: Stream, onPing: () => void): Promise<void> =>
  pipe(
    stream,
    (source) => decode(source, { maxDataLength: PING_BYTES }),
    async (source) => {
      for await (const ping of source) {
        onPing()
        if (stream.writeStatus === 'writable' && !stream.writableNeedsDrain)
          stream.send(encode.single(ping.subarray()))
      }
    },
  )
