import type { Stream } from '@libp2p/interface'
import { FRAME_BYTES_MAX } from '../limits.ts'
import type { MemberIndex } from '../member-index.ts'
import type { PeerLink } from '../peer-link.ts'
import type { FrameHandler, NetworkLogger } from '../port.ts'
import type { Telemetry } from '../telemetry.ts'
import type { Violations } from '../violations.ts'
import { readFrames } from '../wire/read-frames.ts'
import { abandonStream } from '../wire/write-piece.ts'

export interface FrameReceiver {
  onFrame(handler: FrameHandler): void
  /** Reads a consensus stream to its end; only a validator's is read, and only its newest. */
  receive(link: PeerLink, stream: Stream): Promise<void>
}

export const createFrameReceiver = (parts: {
  logger: NetworkLogger
  telemetry: Telemetry
  violations: Violations
  members: MemberIndex
}): FrameReceiver => {
  const handlers: FrameHandler[] = []
  const current = new WeakMap<PeerLink, Stream>()

  const deliver = (from: string, frame: Uint8Array): void => {
    parts.telemetry.framesReceived.add(1)
    for (const handler of handlers) {
      try {
        handler(from, frame)
      } catch (error) {
        parts.logger.warn({ peer: from, reason: String(error) }, 'a frame handler threw')
      }
    }
  }

  return {
    onFrame(handler) {
      handlers.push(handler)
    },
    async receive(link, stream) {
      const { member } = link.indexed
      const isValidator = (): boolean => parts.members.byId(link.indexed.id)?.member.isValidator === true
      if (!isValidator()) {
        parts.violations.report(member.institution, stream, 'a consensus stream from no validator')
        return
      }
      const previous = current.get(link)
      current.set(link, stream)
      if (previous !== undefined) abandonStream(previous, 'replaced by a newer consensus stream')
      try {
        await readFrames(stream, { bytesMax: FRAME_BYTES_MAX, onPiece: () => link.heard() }, (frame) => {
          // Membership may have changed since the stream was opened.
          if (!isValidator()) return false
          deliver(member.institution, frame)
          return true
        })
        abandonStream(stream, 'no more frames from here')
      } catch (error) {
        if (stream.status === 'open') parts.violations.report(member.institution, stream, error)
      }
    },
  }
}
