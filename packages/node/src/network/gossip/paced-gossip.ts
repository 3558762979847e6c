import { type GossipSub, type GossipsubOpts, gossipsub } from '@chainsafe/libp2p-gossipsub'
import type { Stream, StreamHandler } from '@libp2p/interface'
import { inStep } from '../wire/in-step.ts'
import { abandonStream } from '../wire/write-piece.ts'

type Components = Parameters<ReturnType<typeof gossipsub>>[0]
type Registrar = Components['registrar']

/** A stream that gossipsub reads no more, as after bytes that are no message, ends: it would stand paused for good. */
async function* readToTheEnd(stream: Stream): ReturnType<typeof inStep> {
  try {
    yield* inStep(stream)
  } finally {
    abandonStream(stream, 'no more gossip is read from here')
  }
}

/** What gossipsub uses of a stream that it reads: its bytes and its end. */
const inStepOnly = (stream: Stream): Stream => {
  const view = {
    [Symbol.asyncIterator]: () => readToTheEnd(stream),
    close: (...options: Parameters<Stream['close']>) => stream.close(...options),
    abort: (error: Error) => stream.abort(error),
  }
  return view as unknown as Stream
}

const pacedHandler =
  (handler: StreamHandler): StreamHandler =>
  (stream, connection) =>
    handler(inStepOnly(stream), connection)

const replaced = <T extends object, K extends keyof T>(target: T, name: K, value: T[K]): T =>
  new Proxy(target, {
    get: (_, key) => {
      if (key === name) return value
      const found: unknown = Reflect.get(target, key)
      return typeof found === 'function' ? found.bind(target) : found
    },
  })

/**
 * gossipsub that reads a peer's next message once the last one was judged. It waits for its handlers by option, but the
 * streams of the library read on into memory meanwhile, without a bound.
 */
export const pacedGossip =
  (options: Partial<GossipsubOpts>): ((components: Components) => GossipSub) =>
  (components) => {
    const { registrar } = components
    const handle: Registrar['handle'] = (protocol, handler, handling) =>
      registrar.handle(protocol, pacedHandler(handler), handling)
    const paced = replaced(registrar, 'handle', handle)
    return gossipsub(options)(replaced(components, 'registrar', paced)) as GossipSub
  }
