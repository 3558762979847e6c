import swagger from '@fastify/swagger'
import { ok, type Refusal, type Result, refuse } from '@medchain/core'
import { type FastifyInstance, fastify } from 'fastify'
import { type Clock, within } from '../clock.ts'
import type { Logger } from '../logger.ts'
import { limitConnections } from './limit-connections.ts'
import { installProblems } from './problem.ts'
import { createRequestPace } from './request-pace.ts'
import { createRequestTurns } from './request-turns.ts'

export type ApiServer = FastifyInstance

/** JSON bodies; routes for larger ones raise it for themselves. */
const BODY_BYTES_MAX = 1024 * 1024
/** What a route of CBOR bodies may raise `bodyLimit` to. */
export const CBOR_BODY_BYTES_MAX = 32 * 1024 * 1024
const REQUEST_TIMEOUT_MS = 120_000
/** From the opening of a connection to the end of the first header. */
const HEADERS_TIMEOUT_MS = 15_000
const DRAIN_MS = 5_000

export interface ApiOptions {
  readonly host: string
  readonly port: number
  readonly version: string
}

export interface Api {
  readonly server: ApiServer
  /** Port that it listens on, once started. */
  readonly port: () => number
  /** Opens the port; `api.port-taken` or `api.listen` otherwise. */
  readonly start: () => Promise<Result<void>>
  /** Takes no new requests and lets the present ones end, for a bounded time. */
  readonly close: () => Promise<void>
}

const listenRefusal = ({ host, port }: ApiOptions, error: unknown): Refusal => {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException
  return code === 'EADDRINUSE'
    ? refuse('api.port-taken', `Another process listens on ${host}:${port}; choose another port with --api.`)
    : refuse('api.listen', `The API cannot listen on ${host}:${port} (${code}).`)
}

const createServer = async (version: string, logger: Logger, clock: Clock): Promise<ApiServer> => {
  const server = fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 256 },
  })
  // Answers are made by our own code: compiling a serializer for each would only cost start-up time.
  server.setSerializerCompiler(() => (data) => JSON.stringify(data))
  server.server.headersTimeout = HEADERS_TIMEOUT_MS
  limitConnections(server.server)
  const pace = createRequestPace(clock)
  server.addHook('onRequest', ({ ip }) => pace.enter(ip) ?? Promise.resolve())
  server.addHook('onRequest', createRequestTurns())
  server.addHook('onResponse', async ({ ip, method }, { statusCode }) => {
    if (method === 'GET' || statusCode >= 400) pace.answered(ip)
  })
  installProblems(server, logger)
  server.removeContentTypeParser('text/plain')
  server.addContentTypeParser('application/cbor', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  )
  await server.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'MedChain node', version, license: { name: 'Apache-2.0' } } },
  })
  return server
}

/** The HTTP server without its routes. */
export const createApi = async (
  options: ApiOptions,
  { logger, clock }: { readonly logger: Logger; readonly clock: Clock },
): Promise<Api> => {
  const server = await createServer(options.version, logger, clock)
  return {
    server,
    port: () => {
      const address = server.server.address()
      return typeof address === 'object' && address !== null ? address.port : options.port
    },
    start: async () => {
      try {
        await server.listen({ host: options.host, port: options.port })
        return ok(undefined)
      } catch (error) {
        return listenRefusal(options, error)
      }
    },
    close: async () => {
      const closed = server.close().then(() => true)
      const isDrained = await within(clock, DRAIN_MS, closed, () => false)
      if (!isDrained) server.server.closeAllConnections()
      await closed
    },
  }
}
