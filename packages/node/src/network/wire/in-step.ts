import type { Stream, StreamMessageEvent } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'

/**
 * What a stream brings, and nothing more of it before it is asked for: a paused stream gives no window back, so that
 * the rest waits on the other side. A stream's own iterator reads on into memory. For streams that stay open: what one
 * still had when it closed is lost.
 */
export async function* inStep(stream: Stream): AsyncGenerator<Uint8Array | Uint8ArrayList> {
  const arrived: (Uint8Array | Uint8ArrayList)[] = []
  let isResuming = false
  let wake = (): void => undefined
  const pause = (): void => {
    if (stream.readStatus === 'readable') stream.pause()
  }
  /** Hands over what came meanwhile. A pause in the midst of it would be undone by its end. */
  const resume = (): void => {
    isResuming = true
    stream.resume()
    isResuming = false
    if (arrived.length > 0) pause()
  }
  const onMessage = ({ data }: StreamMessageEvent): void => {
    arrived.push(data)
    if (!isResuming) pause()
    wake()
  }
  const onEnd = (): void => wake()
  stream.addEventListener('message', onMessage)
  stream.addEventListener('remoteCloseWrite', onEnd)
  stream.addEventListener('close', onEnd)
  try {
    while (stream.status === 'open') {
      const woken = new Promise<void>((resolve) => {
        wake = resolve
      })
      if (stream.readStatus === 'paused') resume()
      if (arrived.length === 0 && stream.remoteWriteStatus === 'closed') return
      if (arrived.length === 0) await woken
      const data = arrived.shift()
      if (data !== undefined) yield data
    }
  } finally {
    stream.removeEventListener('message', onMessage)
    stream.removeEventListener('remoteCloseWrite', onEnd)
    stream.removeEventListener('close', onEnd)
  }
}
