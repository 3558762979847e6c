import { type Readable, Transform } from 'node:stream'
import { ApiError } from '../api/index.ts'
import type { Clock } from '../clock.ts'
import { REQUEST_CODES } from './codes.ts'

/** Bytes of bodies that are here and not answered yet, of all clients and of one address. */
const BYTES_MAX = 100 * 1024 * 1024
const ADDRESS_BYTES_MAX = 75 * 1024 * 1024
/** Bodies on their way in, of all clients and of one address. */
const READING_MAX = 256
const ADDRESS_READING_MAX = 64
/** A body has to bring this much in each span, or its end. */
const SPAN_MS = 10_000
const SPAN_BYTES_MIN = 16 * 1024

interface Load {
  reading: number
  heldBytes: number
}

/** Counts what clients send: by what came, not by what they announce, in all and for each address. */
export interface BodyGate {
  /** Whether another body of this address may come; `leave` frees what it held once it is answered. */
  enter(
    address: string,
  ): { readonly pass: (body: Readable) => Readable; readonly leave: () => void } | undefined
}

const busy = (): ApiError => new ApiError('request.busy', REQUEST_CODES['request.busy'], 429)
const slow = (): ApiError => new ApiError('request.slow', REQUEST_CODES['request.slow'], 408)

export const createBodyGate = (clock: Pick<Clock, 'setTimer'>): BodyGate => {
  const all: Load = { reading: 0, heldBytes: 0 }
  const addresses = new Map<string, Load>()

  return {
    enter(address) {
      const own = addresses.get(address) ?? { reading: 0, heldBytes: 0 }
      if (all.reading >= READING_MAX || own.reading >= ADDRESS_READING_MAX) return undefined
      addresses.set(address, own)
      let heldBytes = 0
      let isReading = true
      all.reading += 1
      own.reading += 1
      const read = (): void => {
        if (!isReading) return
        isReading = false
        all.reading -= 1
        own.reading -= 1
      }
      const take = (sizeBytes: number): boolean => {
        const fits = all.heldBytes + sizeBytes <= BYTES_MAX && own.heldBytes + sizeBytes <= ADDRESS_BYTES_MAX
        if (!fits) return false
        heldBytes += sizeBytes
        all.heldBytes += sizeBytes
        own.heldBytes += sizeBytes
        return true
      }
      return {
        pass: (body) => passWatched(body, clock, take, read),
        leave: () => {
          read()
          all.heldBytes -= heldBytes
          own.heldBytes -= heldBytes
          heldBytes = 0
          if (own.reading === 0 && own.heldBytes === 0) addresses.delete(address)
        },
      }
    },
  }
}

/** The body as it comes; an error `request.busy` or `request.slow` in place of one that may not go on. */
const passWatched = (
  body: Readable,
  clock: Pick<Clock, 'setTimer'>,
  take: (sizeBytes: number) => boolean,
  onRead: () => void,
): Readable => {
  let spanBytes = 0
  let cancel = (): void => undefined
  const passing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      spanBytes += chunk.length
      if (take(chunk.length)) done(null, chunk)
      else done(busy())
    },
  })
  const watch = (): void => {
    cancel = clock.setTimer(SPAN_MS, () => {
      if (spanBytes < SPAN_BYTES_MIN) {
        passing.destroy(slow())
        return
      }
      spanBytes = 0
      watch()
    })
  }
  const over = (): void => {
    cancel()
    onRead()
  }
  watch()
  passing.once('end', over)
  passing.once('close', over)
  body.once('error', (error) => passing.destroy(error))
  body.once('aborted', () => passing.destroy(slow()))
  return body.pipe(passing)
}
