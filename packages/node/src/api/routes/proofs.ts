import { certificateSchema, encode, headerSchema, stateProofSchema } from '@medchain/core'
import { ApiError } from '../api-error.ts'
import { described, integer, nullable, object, routeSchema } from '../schema.ts'
import type { ApiServer } from '../server.ts'
import type { NodeServices } from '../services.ts'
import { base64, bytesFromHexText, hex } from '../text.ts'

const KEY_HEX_MAX = 2048

/** What stands under a state key at the head, in a form that a client checks without trusting this node. */
export const proofRoutes = (server: ApiServer, { ledger }: NodeServices): void => {
  const schema = routeSchema('proofs', {
    summary: 'A state entry with proof, header and certificate',
    query: {
      type: 'object',
      required: ['key'],
      properties: { key: { type: 'string', maxLength: KEY_HEX_MAX, description: 'State key, hex' } },
    },
    answer: object({
      key: described('hex'),
      height: integer,
      value: nullable(described('base64; null shows that nothing stands there')),
      proof: described('StateProof, encoded, base64'),
      header: described('Header of the block at that height, encoded, base64'),
      certificate: described('Its certificate, encoded, base64'),
    }),
  })
  server.get<{ Querystring: { key: string } }>('/v1/proofs', { schema }, ({ query }) => {
    const key = bytesFromHexText(query.key)
    const { height } = ledger.status()
    const head = ledger.block(height)
    if (!head) throw new ApiError('node.not-ready', 'The chain has no block yet to prove anything against.')
    const { value, proof } = ledger.prove(key)
    return {
      key: hex(key),
      height,
      value: value ? base64(value) : null,
      proof: base64(encode(stateProofSchema, proof)),
      header: base64(encode(headerSchema, head.block.header)),
      certificate: base64(encode(certificateSchema, head.certificate)),
    }
  })
}
