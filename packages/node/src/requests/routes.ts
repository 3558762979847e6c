import type { Refusal } from '@medchain/core'
import type { FastifyReply } from 'fastify'
import { ApiError, type ApiServer, sendProblem } from '../api/index.ts'
import type { Clock } from '../clock.ts'
import { createBodyGate } from './body-gate.ts'
import { REQUEST_CODES } from './codes.ts'
import type { Dispatcher } from './dispatcher.ts'
import { statusOf } from './status-of.ts'

const BODY_BYTES_MAX = 25 * 1024 * 1024
const CBOR = 'application/cbor'

const refuseWith = (reply: FastifyReply, { code, message }: Refusal): FastifyReply => {
  sendProblem(reply, statusOf(code), code, message)
  return reply
}

const schema = {
  tags: ['requests'],
  summary: 'A private request, signed by its actor',
  description:
    'Body: encoded SignedRequest. Answer: what the action’s answer is, encoded; problem details otherwise.',
  consumes: [CBOR],
  produces: [CBOR],
}

/** POST /v1/requests, in CBOR both ways; refusals as problem details. The server parses CBOR to a buffer. */
export const registerRequestRoute = (
  server: ApiServer,
  dispatcher: Pick<Dispatcher, 'answer'>,
  clock: Pick<Clock, 'setTimer'>,
): void => {
  const gate = createBodyGate(clock)
  server.post('/v1/requests', {
    bodyLimit: BODY_BYTES_MAX,
    schema,
    async preParsing(request, reply, body) {
      const place = gate.enter(request.ip)
      if (!place) {
        reply.header('connection', 'close')
        throw new ApiError('request.busy', REQUEST_CODES['request.busy'], statusOf('request.busy'))
      }
      reply.raw.once('close', place.leave)
      return place.pass(body)
    },
    async handler(request, reply) {
      const body = request.body instanceof Uint8Array ? request.body : new Uint8Array(0)
      const answer = await dispatcher.answer(new Uint8Array(body.buffer, body.byteOffset, body.length))
      return answer.ok ? reply.type(CBOR).send(Buffer.from(answer.value)) : refuseWith(reply, answer)
    },
  })
}
