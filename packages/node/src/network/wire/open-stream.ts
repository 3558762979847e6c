import type { Connection, Stream } from '@libp2p/interface'
import { STREAM_WRITE_BUFFER_BYTES_MAX } from '../limits.ts'
import { NetworkError } from '../network-error.ts'

/** A new stream on exactly this connection, with a bounded write buffer. */
export const openStream = async (
  connection: Connection,
  protocol: string,
  signal?: AbortSignal,
): Promise<Stream> => {
  try {
    const stream = await connection.newStream(protocol, signal === undefined ? {} : { signal })
    stream.maxWriteBufferLength = STREAM_WRITE_BUFFER_BYTES_MAX
    return stream
  } catch (cause) {
    throw new NetworkError('network.unreachable', `no ${protocol} stream`, { cause })
  }
}
