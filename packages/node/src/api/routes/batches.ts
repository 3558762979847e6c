import { batches, type RecordAnchor } from '@medchain/core'
import { ApiError, apiErrorFrom } from '../api-error.ts'
import { createProvenAnchors } from '../committed-anchors.ts'
import { array, described, object, routeSchema, string } from '../schema.ts'
import type { ApiServer } from '../server.ts'
import type { NodeServices } from '../services.ts'
import { hex, idFromText } from '../text.ts'
import { batchJson, batchProperties } from './batch-json.ts'

/** Of one answer; who wants more of a batch takes all of it. */
const POSITIONS_MAX = 32

const anchorProperties = { commitment: string, ciphertextDigest: string, envelopeDigest: string }

const anchorJson = ({ commitment, ciphertextDigest, envelopeDigest }: RecordAnchor) => ({
  commitment: hex(commitment),
  ciphertextDigest: hex(ciphertextDigest),
  envelopeDigest: hex(envelopeDigest),
})

interface AnchorsRequest {
  readonly Params: { readonly batchId: string }
  readonly Querystring: { readonly positions: string }
}

/** Records anchored together. */
export const batchRoutes = (server: ApiServer, { ledger }: Pick<NodeServices, 'ledger'>): void => {
  const anchorsOf = createProvenAnchors(ledger)
  const find = async (typed: string) => {
    const batchId = idFromText(typed, 16)
    const batch = ledger.view().get(batches, batchId)
    if (!batch) throw new ApiError('batch.not-found', 'No batch of that id is on the chain.')
    const found = await anchorsOf(batchId, batch.height)
    if (!found.ok) throw apiErrorFrom(found)
    return { batchId, batch, ...found.value }
  }
  const whole = routeSchema('batches', {
    summary: 'A batch and its anchors',
    parameters: object({ batchId: string }),
    answer: object({ ...batchProperties, anchors: array(object(anchorProperties)) }),
  })
  server.get<{ Params: { batchId: string } }>(
    '/v1/batches/:batchId',
    { schema: whole },
    async ({ params }) => {
      const { batchId, batch, anchors } = await find(params.batchId)
      return { ...batchJson(batchId, batch), anchors: anchors.map(anchorJson) }
    },
  )
  const single = routeSchema('batches', {
    summary: 'Single anchors of a batch, each with its path to the root in committed state',
    parameters: object({ batchId: string }),
    query: object({
      positions: described(`At most ${POSITIONS_MAX}, from 0, separated by commas`, {
        type: 'string',
        pattern: `^\\d{1,4}(,\\d{1,4}){0,${POSITIONS_MAX - 1}}$`,
      }),
    }),
    answer: object({
      anchors: array(object({ ...anchorProperties, path: array(described('RFC 6962 audit path, hex')) })),
    }),
  })
  server.get<AnchorsRequest>(
    '/v1/batches/:batchId/anchors',
    { schema: single },
    async ({ params, query }) => {
      const { prove } = await find(params.batchId)
      const anchors = query.positions.split(',').map((position) => {
        const proven = prove(Number(position))
        if (!proven) throw new ApiError('record.not-found', `The batch has no record ${position}.`, 404)
        return { ...anchorJson(proven.anchor), path: proven.path.map(hex) }
      })
      return { anchors }
    },
  )
}
