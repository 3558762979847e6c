import type { Stream } from '@libp2p/interface'
import { createRateBudget, type RateBudget } from '../../rate-budget.ts'
import {
  FRAME_BYTES_BURST,
  FRAME_BYTES_MAX,
  FRAME_BYTES_PER_SECOND,
  FRAMES_BURST,
  FRAMES_PER_SECOND,
} from '../limits.ts'
import type { MemberIndex } from '../member-index.ts'
import type { PeerLink } from '../peer-link.ts'
import type { FrameHandler, NetworkClock, NetworkLogger } from '../port.ts'
import type { Telemetry } from '../telemetry.ts'
import type { Violations } from '../violations.ts'
import { inStep } from '../wire/in-step.ts'
import { readFrames } from '../wire/read-frames.ts'
import { abandonStream } from '../wire/write-piece.ts'

export interface FrameReceiver {
  onFrame(handler: FrameHandler): void
  /** Reads a consensus stream to its end; only a validator's is read, and only its newest. */
  receive(link: PeerLink, stream: Stream): Promise<void>
}

/** Who sends more than its share is read more slowly: the rest waits on its side, not here. */
const createFrameBudgets = (clock: NetworkClock) => {
  const budgets = new Map<string, { readonly frames: RateBudget; readonly bytes: RateBudget }>()
  const budgetsOf = (institution: string) => {
    const known = budgets.get(institution)
    if (known) return known
    const made = {
      frames: createRateBudget(clock, { burst: FRAMES_BURST, perSecond: FRAMES_PER_SECOND }),
      bytes: createRateBudget(clock, { burst: FRAME_BYTES_BURST, perSecond: FRAME_BYTES_PER_SECOND }),
    }
    budgets.set(institution, made)
    return made
  }
  return {
    pace: (institution: string, sizeBytes: number): Promise<void> | undefined => {
      const { frames, bytes } = budgetsOf(institution)
      const waitMs = Math.max(frames.owe(1), bytes.owe(sizeBytes))
      return waitMs === 0 ? undefined : new Promise((resolve) => void clock.setTimer(waitMs, resolve))
    },
  }
}

export const createFrameReceiver = (parts: {
  logger: NetworkLogger
  telemetry: Telemetry
  violations: Violations
  members: MemberIndex
  clock: NetworkClock
}): FrameReceiver => {
  const handlers: FrameHandler[] = []
  const current = new WeakMap<PeerLink, Stream>()
  const budgets = createFrameBudgets(parts.clock)

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
        const options = { bytesMax: FRAME_BYTES_MAX, onPiece: () => link.heard() }
        await readFrames(inStep(stream), options, async (frame) => {
          // Membership may have changed since the stream was opened.
          if (!isValidator()) return false
          deliver(member.institution, frame)
          await budgets.pace(member.institution, frame.length)
          return stream.status === 'open'
        })
        abandonStream(stream, 'no more frames from here')
      } catch (error) {
        if (stream.status === 'open') parts.violations.report(member.institution, stream, error)
      }
    },
  }
}
