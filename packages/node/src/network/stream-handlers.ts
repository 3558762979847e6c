import type { Connection, Stream } from '@libp2p/interface'
import type { Host } from './host.ts'
import { STREAM_WRITE_BUFFER_BYTES_MAX } from './limits.ts'
import { echoPings } from './liveness/echo.ts'
import type { NetworkParts } from './parts.ts'
import type { PeerLink } from './peer-link.ts'
import type { RequestProtocol } from './port.ts'
import { CONSENSUS_PROTOCOL, PING_PROTOCOL, REQUEST_PROTOCOLS } from './protocol-ids.ts'
import { abandonStream } from './wire/write-piece.ts'

type StreamReader = (link: PeerLink, stream: Stream) => Promise<void>

/** Streams of one protocol that a peer may hold open here: one in use, the others on their way out. */
const SINGLE_STREAMS_MAX = 4
const REQUEST_STREAMS_MAX = 32

/** Registers who reads the streams that members open to this node. */
export const handleStreams = async (host: Host, parts: NetworkParts): Promise<void> => {
  const handle = (protocol: string, streamsMax: number, read: StreamReader): Promise<void> =>
    host.handle(
      protocol,
      (stream: Stream, connection: Connection) => {
        const link = parts.connections.linkOf(connection)
        if (link === undefined) {
          abandonStream(stream, 'the connection is not in use')
          return
        }
        stream.maxWriteBufferLength = STREAM_WRITE_BUFFER_BYTES_MAX
        void read(link, stream)
      },
      { maxInboundStreams: streamsMax },
    )

  await handle(CONSENSUS_PROTOCOL, SINGLE_STREAMS_MAX, parts.receiver.receive)
  await handle(PING_PROTOCOL, SINGLE_STREAMS_MAX, async (link, stream) => {
    try {
      await echoPings(stream, link.heard)
    } catch (error) {
      if (stream.status === 'open') parts.violations.report(link.indexed.member.institution, stream, error)
    }
  })
  for (const protocol of Object.keys(REQUEST_PROTOCOLS) as RequestProtocol[])
    await handle(REQUEST_PROTOCOLS[protocol], REQUEST_STREAMS_MAX, (link, stream) =>
      parts.server.accept(link, protocol, stream),
    )
}
