import { bytesFromBase32, encode, list, type Refusal, recordAnchorSchema } from '@medchain/core'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { refuseRequest } from './codes.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { ChainPort } from './ports.ts'
import { problemOf } from './problem.ts'

const BODY_BYTES_MAX = 25 * 1024 * 1024
/** Bodies under way at one time; past this a request is refused before it is read. */
const BODIES_BYTES_MAX = 100 * 1024 * 1024
const CBOR = 'application/cbor'

const refuseWith = (reply: FastifyReply, refusal: Refusal): FastifyReply => {
  const problem = problemOf(refusal)
  if (problem.status === 429 || problem.status === 503) reply.header('retry-after', '2')
  return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem))
}

/** The anchors of one batch, as GET /v1/anchors/{batchId} answers them. */
export const batchAnchorsSchema = list(recordAnchorSchema, 1000)

const announcedBytes = (header: string | undefined): number => {
  const announced = Number(header)
  return Number.isSafeInteger(announced) && announced >= 0 ? announced : BODY_BYTES_MAX
}

/** POST /v1/requests and GET /v1/anchors/{batchId} (base32), both in CBOR; refusals as problem details. */
export const registerPrivacyRoutes = (
  server: FastifyInstance,
  dispatcher: Dispatcher,
  chain: ChainPort,
): void => {
  let heldBytes = 0
  void server.register(async (scope) => {
    scope.addContentTypeParser(
      CBOR,
      { parseAs: 'buffer', bodyLimit: BODY_BYTES_MAX },
      (_request, body, done) => done(null, body),
    )
    scope.setErrorHandler((error: { readonly code?: string }, _request, reply) =>
      error.code === 'FST_ERR_CTP_BODY_TOO_LARGE'
        ? refuseWith(reply, refuseRequest('request.too-large'))
        : refuseWith(reply, {
            ok: false,
            code: 'node.failed',
            message: 'The node could not answer; see its log.',
          }),
    )
    scope.post('/v1/requests', {
      bodyLimit: BODY_BYTES_MAX,
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
    scope.get<{ Params: { batchId: string } }>('/v1/anchors/:batchId', async (request, reply) => {
      const batchId = bytesFromBase32(request.params.batchId)
      const found =
        batchId.ok && batchId.value.length === 16 ? await chain.anchorsOf(batchId.value) : undefined
      if (!found)
        return refuseWith(reply, {
          ok: false,
          code: 'vault.missing',
          message: 'No such batch is on the chain.',
        })
      return reply.type(CBOR).send(Buffer.from(encode(batchAnchorsSchema, found)))
    })
  })
}
