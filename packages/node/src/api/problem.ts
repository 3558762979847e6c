import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from '../logger.ts'
import { StorageError } from '../storage/index.ts'
import { ApiError } from './api-error.ts'
import { statusOfCode } from './status-of-code.ts'

/** RFC 9457 problem details with the project's code. */
export const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
  },
} as const

const RETRY_AFTER_S = 1

export const sendProblem = (reply: FastifyReply, status: number, code: string, detail: string): void => {
  if (status === 429 || status === 503) reply.header('retry-after', String(RETRY_AFTER_S))
  const title = STATUS_CODES[status] ?? 'Error'
  const body = { type: `urn:medchain:error:${code}`, title, status, detail, code }
  reply.code(status).header('content-type', 'application/problem+json').send(JSON.stringify(body))
}

const fromFastify = (error: FastifyError): readonly [number, string, string] | undefined => {
  if (error.validation) return [400, 'request.malformed', `The request does not fit: ${error.message}.`]
  if (error.statusCode === 413) return [413, 'request.too-large', 'The request is too large for this node.']
  if (error.statusCode === 415)
    return [415, 'request.media-type', 'The node does not take this media type here.']
  return error.statusCode !== undefined && error.statusCode < 500
    ? [error.statusCode, 'request.malformed', 'The node cannot read the request.']
    : undefined
}

/** Every error leaves as problem details, without a stack trace. */
export const installProblems = (server: FastifyInstance, logger: Logger): void => {
  server.setErrorHandler((error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    if (error instanceof ApiError) return sendProblem(reply, error.status, error.code, error.message)
    if (error instanceof StorageError) {
      logger.error({ code: error.code }, error.message)
      return sendProblem(reply, statusOfCode(error.code), error.code, error.message)
    }
    const known = fromFastify(error)
    if (known) return sendProblem(reply, ...known)
    logger.error(
      { route: request.routeOptions.url, reason: error.stack ?? String(error) },
      'a request failed',
    )
    return sendProblem(reply, 500, 'node.internal', 'The node failed on this request; its log says why.')
  })
  server.setNotFoundHandler((request, reply) =>
    sendProblem(
      reply,
      404,
      'request.not-found',
      `There is nothing at ${request.method} ${request.url.slice(0, 200)}.`,
    ),
  )
}
