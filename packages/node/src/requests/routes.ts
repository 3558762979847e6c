import type { Refusal } from '@medchain/core'
import type { FastifyReply } from 'fastify'
import { type ApiServer, sendProblem } from '../api/index.ts'
import { refuseRequest } from './codes.ts'
import type { Dispatcher } from './dispatcher.ts'
import { statusOf } from './status-of.ts'

const BODY_BYTES_MAX = 25 * 1024 * 1024
/** Bodies under way at one time; past this a request is refused before it is read. */
const BODIES_BYTES_MAX = 100 * 1024 * 1024
const CBOR = 'application/cbor'

const refuseWith = (reply: FastifyReply, { code, message }: Refusal): FastifyReply => {
  sendProblem(reply, statusOf(code), code, message)
  return reply
}

const announcedBytes = (header: string | undefined): number => {
  const announced = Number(header)
  return Number.isSafeInteger(announced) && announced >= 0 ? announced : BODY_BYTES_MAX
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
export const registerRequestRoute = (server: ApiServer, dispatcher: Dispatcher): void => {
  let heldBytes = 0
  server.post('/v1/requests', {
    bodyLimit: BODY_BYTES_MAX,
    schema,
    async onRequest(request, reply) {
      const sizeBytes = announcedBytes(request.headers['content-length'])
      if (heldBytes + sizeBytes > BODIES_BYTES_MAX) return refuseWith(reply, refuseRequest('request.busy'))
      heldBytes += sizeBytes
      reply.raw.once('close', () => {
        heldBytes -= sizeBytes
      })
    },
    async handler(request, reply) {
      const body = request.body instanceof Uint8Array ? request.body : new Uint8Array(0)
      const answer = await dispatcher.answer(new Uint8Array(body.buffer, body.byteOffset, body.length))
      return answer.ok ? reply.type(CBOR).send(Buffer.from(answer.value)) : refuseWith(reply, answer)
    },
  })
}
