import type { Connection } from '@libp2p/interface'
import { CONSENSUS_PROTOCOL } from '../protocol-ids.ts'
import { openStream } from '../wire/open-stream.ts'
import type { Scheduler } from '../wire/scheduler.ts'

export interface FrameSender {
  /** Opens the stream that frames leave by, if there is none; called on connecting and on every ping. */
  ensureStream(): void
}

/** Each side sends its frames on a stream of its own and reads the other's. */
export const createFrameSender = (connection: Connection, scheduler: Scheduler): FrameSender => {
  let state: 'none' | 'opening' | 'open' = 'none'

  const open = async (): Promise<void> => {
    state = 'opening'
    try {
      const stream = await openStream(connection, CONSENSUS_PROTOCOL)
      state = 'open'
      stream.addEventListener('close', () => {
        state = 'none'
        scheduler.useFrameStream(undefined)
      })
      scheduler.useFrameStream(stream)
    } catch {
      // Refused, or the connection is going: the next ping tries again.
      state = 'none'
    }
  }

  return {
    ensureStream() {
      if (state === 'none' && connection.status === 'open') void open()
    },
  }
}
