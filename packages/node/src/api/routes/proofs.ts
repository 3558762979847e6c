import { certificateSchema, encode, headerSchema, stateProofSchema } from '@medchain/core'
import { ApiError } from '../api-error.ts'
import { array, described, integer, nullable, object, routeSchema } from '../schema.ts'
import type { ApiServer } from '../server.ts'
import type { NodeServices } from '../services.ts'
import { base64, bytesFromHexText, hex } from '../text.ts'

const KEY_HEX_MAX = 2048
const KEYS_MAX = 512

const headAnswer = {
  height: integer,
  header: described('Header of the block at that height, encoded, base64'),
  certificate: described('Its certificate, encoded, base64'),
}

const entryAnswer = {
  value: nullable(described('base64; null shows that nothing stands there')),
  proof: described('StateProof, encoded, base64'),
}

/** The head that entries are proven against, as a client checks it. */
const headOf = ({ ledger }: NodeServices) => {
  const { height } = ledger.status()
  const head = ledger.block(height)
  if (!head) throw new ApiError('node.not-ready', 'The chain has no block yet to prove anything against.')
  const { block, certificate } = head
  return {
    height,
    header: base64(encode(headerSchema, block.header)),
    certificate: base64(encode(certificateSchema, certificate)),
  }
}

const entryOf = ({ ledger }: NodeServices, key: string) => {
  const { value, proof } = ledger.prove(bytesFromHexText(key))
  return { value: value ? base64(value) : null, proof: base64(encode(stateProofSchema, proof)) }
}

/** Several entries of one height, so that what is derived from them fits together. */
const manyRoute = (server: ApiServer, services: NodeServices): void => {
  const schema = routeSchema('proofs', {
    summary: 'State entries with proofs, under one header and certificate',
    body: object({
      keys: { type: 'array', maxItems: KEYS_MAX, items: { type: 'string', maxLength: KEY_HEX_MAX } },
    }),
    answer: object({ ...headAnswer, entries: array(object(entryAnswer)) }),
  })
  server.post<{ Body: { readonly keys: readonly string[] } }>('/v1/proofs', { schema }, ({ body }) => ({
    ...headOf(services),
    entries: body.keys.map((key) => entryOf(services, key)),
  }))
}

/** What stands under a state key at the head, in a form that a client checks without trusting this node. */
export const proofRoutes = (server: ApiServer, services: NodeServices): void => {
  const schema = routeSchema('proofs', {
    summary: 'A state entry with proof, header and certificate',
    query: {
      type: 'object',
      required: ['key'],
      properties: { key: { type: 'string', maxLength: KEY_HEX_MAX, description: 'State key, hex' } },
    },
    answer: object({ key: described('hex'), ...headAnswer, ...entryAnswer }),
  })
  server.get<{ Querystring: { key: string } }>('/v1/proofs', { schema }, ({ query: { key } }) => ({
    key: hex(bytesFromHexText(key)),
    ...entryOf(services, key),
    ...headOf(services),
  }))
  manyRoute(server, services)
}
