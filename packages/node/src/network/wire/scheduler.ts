import { setImmediate } from 'node:timers'
import type { Stream } from '@libp2p/interface'
import {
  CONSENSUS_QUEUE_BYTES_MAX,
  CONSENSUS_QUEUE_FRAMES_MAX,
  MESSAGE_BYTES_MAX,
  UNSENT_BYTES_MAX,
} from '../limits.ts'
import { createFrameQueue } from './frame-queue.ts'
import { createTransfer, type Transfer } from './transfer.ts'
import { writePieces } from './write-piece.ts'

/**
 * What one peer is sent, in order of importance: consensus frames before request bytes, and of those a
 * piece at a time in turn. Streams of one connection share its socket and have no priority of their own.
 */
export interface Scheduler {
  /** Queues a consensus frame; returns how many older frames were dropped for it. */
  sendFrame(frame: Uint8Array): number
  /** The stream that consensus frames leave by; undefined while there is none. */
  useFrameStream(stream: Stream | undefined): void
  /** Resolves when the last piece was handed over, rejects when the stream ends before. */
  transfer(stream: Stream, body: Uint8Array, onProgress: () => void): Promise<void>
  close(): void
  readonly queuedBytes: number
}

export const createScheduler = (): Scheduler => {
  const frames = createFrameQueue({
    bytesMax: CONSENSUS_QUEUE_BYTES_MAX,
    framesMax: CONSENSUS_QUEUE_FRAMES_MAX,
  })
  const transfers: Transfer[] = []
  let frameStream: Stream | undefined
  let pumping = false
  let pumpQueued = false
  let framesQueued = false
  let closed = false

  /** False while frames are waiting for their stream, which request bytes must not overtake. */
  const pumpFrames = (): boolean => {
    while (frameStream !== undefined && frameStream.writeStatus === 'writable') {
      if (frameStream.writableNeedsDrain) return frames.bytes === 0
      const pieces = frames.nextPieces(MESSAGE_BYTES_MAX)
      if (pieces.length === 0) return true
      writePieces(frameStream, pieces)
    }
    return true
  }

  const pumpTransfer = (): void => {
    let unsentBytes = 0
    for (const transfer of transfers) unsentBytes += transfer.stream.writeBufferLength
    if (unsentBytes >= UNSENT_BYTES_MAX) return
    const index = transfers.findIndex((transfer) => transfer.isReady())
    const transfer = transfers[index]
    if (transfer === undefined) return
    transfers.splice(index, 1)
    if (transfer.writeNext()) transfers.push(transfer)
    // One piece a turn of the event loop: frames that arrived or were queued meanwhile go first.
    if (transfers.length > 0) queuePump()
  }

  const pump = (): void => {
    if (pumping || closed) return
    pumping = true
    try {
      if (pumpFrames() && transfers.length > 0) pumpTransfer()
    } catch {
      // A stream that closed while it was written to reports that through its own close event.
    } finally {
      pumping = false
    }
  }

  const queuePump = (): void => {
    if (pumpQueued) return
    pumpQueued = true
    setImmediate(() => {
      pumpQueued = false
      pump()
    })
  }

  /** Frames of one step of the replica leave together: a message costs both sides the same, whatever it holds. */
  const queueFrames = (): void => {
    if (framesQueued) return
    framesQueued = true
    queueMicrotask(() => {
      framesQueued = false
      pump()
    })
  }

  return {
    sendFrame(frame) {
      const dropped = frames.push(frame)
      queueFrames()
      return dropped
    },
    useFrameStream(stream) {
      frameStream = stream
      frames.rewind()
      stream?.addEventListener('drain', pump)
      pump()
    },
    transfer(stream, body, onProgress) {
      return new Promise((resolve, reject) => {
        const transfer = createTransfer(stream, body, { onProgress, resolve, reject })
        transfers.push(transfer)
        stream.addEventListener('drain', pump)
        stream.addEventListener('close', () => {
          const index = transfers.indexOf(transfer)
          if (index >= 0) transfers.splice(index, 1)
          transfer.fail()
          pump()
        })
        queuePump()
      })
    },
    close() {
      closed = true
      for (const transfer of transfers.splice(0)) transfer.fail()
    },
    get queuedBytes() {
      let bytes = frames.bytes + (frameStream?.writeBufferLength ?? 0)
      for (const transfer of transfers) bytes += transfer.remainingBytes + transfer.stream.writeBufferLength
      return bytes
    },
  }
}
