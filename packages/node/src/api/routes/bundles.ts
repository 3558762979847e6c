import { blob, decode, list, type Result, TRANSACTION_SIZE_BYTES_MAX } from '@medchain/core'
import type { Submitted } from '../../replica/index.ts'
import { ApiError, apiErrorFrom } from '../api-error.ts'
import { array, described, integer, nullable, object, routeSchema, string } from '../schema.ts'
import type { ApiServer } from '../server.ts'
import type { NodeServices } from '../services.ts'
import { base32 } from '../text.ts'

const BUNDLE_TRANSACTIONS_MAX = 1_000
const BUNDLE_BYTES_MAX = 4 * 1024 * 1024

const bundleSchema = list(blob(TRANSACTION_SIZE_BYTES_MAX), BUNDLE_TRANSACTIONS_MAX)

const outcomeOf = (result: Result<Submitted>) =>
  result.ok
    ? { txId: base32(result.value.txId), height: result.value.height ?? null, code: null, detail: null }
    : { txId: null, height: null, code: result.code, detail: result.message }

/** Many transactions in one request: each stands or falls by itself, and the answer says which. */
export const bundleRoutes = (server: ApiServer, { ledger }: NodeServices): void => {
  const outcome = object({
    txId: nullable(string),
    height: nullable(integer),
    code: nullable(described('why this one was refused')),
    detail: nullable(string),
  })
  const schema = routeSchema('transactions', {
    summary: 'Submit up to 1,000 signed transactions: a CBOR array of their bytes (application/cbor)',
    query: { type: 'object', properties: { wait: { type: 'boolean', default: true } } },
    answer: object({ transactions: array(outcome) }),
  })
  server.post<{ readonly Body: unknown; readonly Querystring: { readonly wait: boolean } }>(
    '/v1/bundles',
    { schema, bodyLimit: BUNDLE_BYTES_MAX },
    async ({ body, query }) => {
      if (!Buffer.isBuffer(body)) throw new ApiError('request.malformed', 'The body is no CBOR.')
      const bundle = decode(bundleSchema, new Uint8Array(body), BUNDLE_BYTES_MAX)
      if (!bundle.ok) throw apiErrorFrom(bundle)
      const options = { wait: query.wait }
      const results = await Promise.all(bundle.value.map((bytes) => ledger.submit(bytes, options)))
      return { transactions: results.map(outcomeOf) }
    },
  )
}
