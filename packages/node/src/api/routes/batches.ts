import { anchoringIn, batches, equalBytes, pendingFromBytes, type RecordAnchor } from '@medchain/core'
import { ApiError } from '../api-error.ts'
import { array, object, routeSchema, string } from '../schema.ts'
import type { ApiServer } from '../server.ts'
import type { NodeServices } from '../services.ts'
import { hex, idFromText } from '../text.ts'
import { batchJson, batchProperties } from './batch-json.ts'

const anchor = object({ commitment: string, ciphertextDigest: string, envelopeDigest: string })

/** The anchors of a batch, from the block that committed them. */
const anchorsOf = async (
  { ledger }: NodeServices,
  batchId: Uint8Array,
  height: number,
): Promise<readonly RecordAnchor[]> => {
  const found = await ledger.fetchBlock(height)
  if (!found.ok) throw new ApiError(found.code, found.message)
  for (const bytes of found.value.block.transactions) {
    const pending = pendingFromBytes(bytes)
    const payload = pending.ok ? anchoringIn(pending.value.transaction.body) : undefined
    if (payload?.ok && equalBytes(payload.value.batchId, batchId)) return payload.value.anchors
  }
  throw new ApiError('block.not-found', `Block ${height} does not hold the anchors.`)
}

/** Records anchored together. */
export const batchRoutes = (server: ApiServer, services: NodeServices): void => {
  const schema = routeSchema('batches', {
    summary: 'A batch and its anchors',
    parameters: object({ batchId: string }),
    answer: object({ ...batchProperties, anchors: array(anchor) }),
  })
  server.get<{ Params: { batchId: string } }>('/v1/batches/:batchId', { schema }, async ({ params }) => {
    const batchId = idFromText(params.batchId, 16)
    const batch = services.ledger.view().get(batches, batchId)
    if (!batch) throw new ApiError('batch.not-found', 'No batch of that id is on the chain.')
    const found = await anchorsOf(services, batchId, batch.height)
    const anchors = found.map((each) => ({
      commitment: hex(each.commitment),
      ciphertextDigest: hex(each.ciphertextDigest),
      envelopeDigest: hex(each.envelopeDigest),
    }))
    return { ...batchJson(batchId, batch), anchors }
  })
}
