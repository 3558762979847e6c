import {
  REQUEST_BYTES_MAX,
  REQUEST_TIMEOUT_MS,
  REQUESTS_OUTSTANDING_MAX,
  REQUESTS_WAITING_MAX,
  RESPONSE_BYTES_MAX,
} from '../limits.ts'
import { NetworkError } from '../network-error.ts'
import type { PeerLink } from '../peer-link.ts'
import type { NetworkClock, RequestOptions, RequestProtocol } from '../port.ts'
import { REQUEST_PROTOCOLS } from '../protocol-ids.ts'
import type { Telemetry } from '../telemetry.ts'
import { openStream } from '../wire/open-stream.ts'
import { readFrame } from '../wire/read-frames.ts'
import { abandonStream } from '../wire/write-piece.ts'
import { decodeAnswer } from './answer.ts'
import { createTurnstile } from './turnstile.ts'

export interface RequestClient {
  request(
    link: PeerLink | undefined,
    protocol: RequestProtocol,
    body: Uint8Array,
    options: RequestOptions,
  ): Promise<Uint8Array>
}

export const createRequestClient = (parts: { clock: NetworkClock; telemetry: Telemetry }): RequestClient => {
  const turnstile = createTurnstile({
    activeMax: REQUESTS_OUTSTANDING_MAX,
    waitingMax: REQUESTS_WAITING_MAX,
  })

  return {
    async request(link, protocol, body, options) {
      parts.telemetry.requestsSent.add(1)
      const deadline = createDeadline(parts.clock, options)
      try {
        if (body.length > REQUEST_BYTES_MAX)
          throw new NetworkError('network.too-large', `a request is at most ${REQUEST_BYTES_MAX} bytes`)
        if (link === undefined) throw new NetworkError('network.unreachable', 'the peer is not connected')
        deadline.signal.throwIfAborted()
        const leave = await turnstile.enter(`${link.indexed.id} ${protocol}`, deadline.signal)
        try {
          return await exchange(link, protocol, body, responseBytesMax(options), deadline.signal)
        } finally {
          leave()
        }
      } catch (error) {
        parts.telemetry.requestsFailed.add(1)
        throw deadline.signal.aborted ? deadline.signal.reason : asNetworkError(error)
      } finally {
        deadline.clear()
      }
    },
  }
}

const responseBytesMax = (options: RequestOptions): number =>
  Math.min(options.maxResponseBytes ?? RESPONSE_BYTES_MAX, RESPONSE_BYTES_MAX)

const exchange = async (
  link: PeerLink,
  protocol: RequestProtocol,
  body: Uint8Array,
  bytesMax: number,
  signal: AbortSignal,
): Promise<Uint8Array> => {
  const stream = await openStream(link.connection, REQUEST_PROTOCOLS[protocol], signal)
  const end = (): void => abandonStream(stream, 'request over')
  signal.addEventListener('abort', end, { once: true })
  try {
    signal.throwIfAborted()
    // The answer may come before the request is out: a busy peer reads none of it.
    const sent = link.scheduler.transfer(stream, body, () => undefined)
    sent.then(
      () => stream.close().catch(end),
      () => undefined,
    )
    const answer = await readFrame(stream, { bytesMax: bytesMax + 1, onPiece: () => link.heard() })
    if (answer === undefined) throw new NetworkError('network.unreachable', 'the peer ended the stream')
    return decodeAnswer(answer)
  } finally {
    signal.removeEventListener('abort', end)
    end()
  }
}

/** A signal that fires at the timeout or with the caller's own, its reason a `NetworkError`. */
const createDeadline = (
  clock: NetworkClock,
  options: RequestOptions,
): { signal: AbortSignal; clear: () => void } => {
  const controller = new AbortController()
  const timeoutMs = options.timeoutMs ?? REQUEST_TIMEOUT_MS
  const cancel = (): void =>
    controller.abort(new NetworkError('network.cancelled', 'the caller gave the request up'))
  const clearTimer = clock.setTimer(timeoutMs, () =>
    controller.abort(new NetworkError('network.timeout', `no answer within ${timeoutMs} ms`)),
  )
  if (options.signal?.aborted === true) cancel()
  options.signal?.addEventListener('abort', cancel, { once: true })
  return {
    signal: controller.signal,
    clear() {
      clearTimer()
      options.signal?.removeEventListener('abort', cancel)
    },
  }
}

const asNetworkError = (error: unknown): NetworkError =>
  error instanceof NetworkError
    ? error
    : new NetworkError('network.unreachable', 'the exchange broke off', { cause: error })
