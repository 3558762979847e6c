import type { Stream } from '@libp2p/interface'
import {
  REQUEST_BYTES_HELD_MAX,
  REQUEST_BYTES_MAX,
  REQUESTS_SERVED_MAX,
  RESPONSE_BYTES_MAX,
  TRANSFER_STALL_MS,
} from '../limits.ts'
import { NetworkError } from '../network-error.ts'
import type { PeerLink } from '../peer-link.ts'
import type { NetworkClock, NetworkLogger, RequestHandler, RequestProtocol } from '../port.ts'
import type { Telemetry } from '../telemetry.ts'
import type { Violations } from '../violations.ts'
import { readFrame } from '../wire/read-frames.ts'
import { abandonStream } from '../wire/write-piece.ts'
import { ANSWER_BUSY, ANSWER_FAILED, ANSWER_TOO_LARGE, encodeAnswer } from './answer.ts'
import { createStallGuard } from './stall-guard.ts'

export interface RequestServer {
  serve(protocol: RequestProtocol, handler: RequestHandler): void
  /** Reads one request from the stream, answers it and ends the stream. */
  accept(link: PeerLink, protocol: RequestProtocol, stream: Stream): Promise<void>
}

/** What one peer has under way here, over all protocols for the bytes, for each one for the count. */
interface Load {
  readonly active: Map<RequestProtocol, number>
  heldBytes: number
}

export const createRequestServer = (parts: {
  clock: NetworkClock
  logger: NetworkLogger
  telemetry: Telemetry
  violations: Violations
}): RequestServer => {
  const handlers = new Map<RequestProtocol, RequestHandler>()
  const loads = new WeakMap<PeerLink, Load>()

  const loadOf = (link: PeerLink): Load => {
    const load = loads.get(link) ?? { active: new Map(), heldBytes: 0 }
    loads.set(link, load)
    return load
  }

  const respond = async (link: PeerLink, stream: Stream, answer: Uint8Array): Promise<void> => {
    const guard = createStallGuard(parts.clock, TRANSFER_STALL_MS, () => abandonStream(stream, 'stalled'))
    try {
      await link.scheduler.transfer(stream, answer, guard.progress)
      await stream.close()
    } finally {
      guard.clear()
    }
  }

  /** The request, or undefined when the peer ended the stream before it was whole. */
  const read = async (link: PeerLink, load: Load, stream: Stream): Promise<Uint8Array | undefined> => {
    const guard = createStallGuard(parts.clock, TRANSFER_STALL_MS, () => abandonStream(stream, 'stalled'))
    let heldBytes = 0
    const onPiece = (bytes: number): void => {
      link.heard()
      guard.progress()
      if (load.heldBytes + bytes > REQUEST_BYTES_HELD_MAX)
        throw new NetworkError('network.refused', 'this peer already sends as much as may be held')
      heldBytes += bytes
      load.heldBytes += bytes
    }
    try {
      return await readFrame(stream, { bytesMax: REQUEST_BYTES_MAX, onPiece })
    } finally {
      load.heldBytes -= heldBytes
      guard.clear()
    }
  }

  const answer = async (link: PeerLink, protocol: RequestProtocol, body: Uint8Array): Promise<Uint8Array> => {
    const handler = handlers.get(protocol)
    if (handler === undefined) return ANSWER_BUSY
    try {
      const response = await handler(link.indexed.member.institution, body)
      return response.length > RESPONSE_BYTES_MAX ? ANSWER_TOO_LARGE : encodeAnswer(response)
    } catch (error) {
      const { institution } = link.indexed.member
      parts.logger.warn({ peer: institution, protocol, reason: String(error) }, 'a request handler failed')
      return ANSWER_FAILED
    }
  }

  const exchange = async (link: PeerLink, protocol: RequestProtocol, stream: Stream): Promise<void> => {
    let body: Uint8Array | undefined
    try {
      body = await read(link, loadOf(link), stream)
    } catch (error) {
      if (error instanceof NetworkError && error.code === 'network.refused')
        return respond(link, stream, ANSWER_BUSY)
      if (stream.status === 'open') parts.violations.report(link.indexed.member.institution, stream, error)
      return
    }
    if (body === undefined) return
    parts.telemetry.requestsServed.add(1)
    await respond(link, stream, await answer(link, protocol, body))
  }

  return {
    serve(protocol, handler) {
      handlers.set(protocol, handler)
    },
    async accept(link, protocol, stream) {
      const { active } = loadOf(link)
      const count = active.get(protocol) ?? 0
      try {
        if (count >= REQUESTS_SERVED_MAX) {
          parts.telemetry.requestsRefused.add(1)
          parts.violations.blame(
            link.indexed.member.institution,
            stream.protocol,
            'more requests than allowed',
          )
          await respond(link, stream, ANSWER_BUSY)
          return
        }
        active.set(protocol, count + 1)
        try {
          await exchange(link, protocol, stream)
        } finally {
          active.set(protocol, (active.get(protocol) ?? 1) - 1)
        }
      } catch {
        abandonStream(stream, 'could not answer')
      }
    },
  }
}
