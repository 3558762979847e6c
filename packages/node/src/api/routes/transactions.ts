import {
  certificateSchema,
  encode,
  headerSchema,
  inclusionIn,
  pendingFromBytes,
  type Result,
  TRANSACTION_SIZE_BYTES_MAX,
  transactionId,
  transactionIdOf,
} from '@medchain/core'
import { ApiError, apiErrorFrom } from '../api-error.ts'
import { array, described, integer, nullable, object, routeSchema, string } from '../schema.ts'
import type { ApiServer } from '../server.ts'
import type { NodeServices } from '../services.ts'
import { base32, base64, did, hex, idFromText } from '../text.ts'

const BODY_BYTES_MAX = TRANSACTION_SIZE_BYTES_MAX * 2

interface SubmitRequest {
  readonly Body: Buffer | { readonly transaction: string }
  readonly Querystring: { readonly wait: boolean }
}

const bytesOf = (body: SubmitRequest['Body']): Uint8Array => {
  if (Buffer.isBuffer(body)) return new Uint8Array(body)
  const bytes = Buffer.from(body.transaction, 'base64')
  if (bytes.toString('base64') === body.transaction) return new Uint8Array(bytes)
  throw new ApiError('encoding.base64', 'The transaction is not base64 text.')
}

const valueOrThrow = <T>(result: Result<T>): T => {
  if (!result.ok) throw apiErrorFrom(result)
  return result.value
}

const submitRoute = (server: ApiServer, { ledger }: NodeServices): void => {
  const schema = routeSchema('transactions', {
    summary: 'Submit a signed transaction, as JSON or as its own bytes (application/cbor)',
    query: { type: 'object', properties: { wait: { type: 'boolean', default: true } } },
    answer: object({ txId: described('base32'), height: nullable(integer) }),
  })
  server.post<SubmitRequest>(
    '/v1/transactions',
    { schema, bodyLimit: BODY_BYTES_MAX },
    async ({ body, query }) => {
      const isReadable = Buffer.isBuffer(body) || typeof body?.transaction === 'string'
      if (!isReadable) throw new ApiError('request.malformed', 'The body has no transaction.')
      const { wait } = query
      const { txId, height } = valueOrThrow(await ledger.submit(bytesOf(body), { wait }))
      return { txId: base32(txId), height: height ?? null }
    },
  )
}

const notFound = ({ ledger }: NodeServices): ApiError => {
  const lowest = ledger.lowestHeight()
  const since =
    lowest > 1 ? ` It began with a snapshot or dropped blocks: it keeps those from ${lowest} on.` : ''
  return new ApiError('tx.not-found', `The node knows no transaction of that id.${since}`)
}

/** That a transaction stands in a block that a quorum decided. */
const proofRoute = (server: ApiServer, services: NodeServices): void => {
  const { ledger } = services
  const schema = routeSchema('transactions', {
    summary: 'A committed transaction with its proof under header and certificate',
    parameters: object({ txId: described('base32 or hex') }),
    answer: object({
      txId: string,
      height: integer,
      transaction: described('base64'),
      index: integer,
      size: described('Transactions in the block', integer),
      path: array(described('RFC 6962 audit path, hex')),
      header: described('encoded, base64'),
      certificate: described('encoded, base64'),
    }),
  })
  server.get<{ Params: { txId: string } }>('/v1/transactions/:txId/proof', { schema }, async ({ params }) => {
    const txId = idFromText(params.txId, 32)
    const height = ledger.heightOf(txId)
    if (height === undefined) throw notFound(services)
    const { block, certificate } = valueOrThrow(await ledger.fetchBlock(height))
    const name = base32(txId)
    const at = block.transactions.findIndex((bytes) => base32(transactionIdOf(bytes)) === name)
    if (at < 0) throw notFound(services)
    const { transaction, index, size, path } = inclusionIn(block.transactions, at)
    return {
      txId: name,
      height,
      transaction: base64(transaction),
      index,
      size,
      path: path.map(hex),
      header: base64(encode(headerSchema, block.header)),
      certificate: base64(encode(certificateSchema, certificate)),
    }
  })
}

/** Transactions on their way and in blocks. */
export const transactionRoutes = (server: ApiServer, services: NodeServices): void => {
  submitRoute(server, services)
  proofRoute(server, services)
  const { ledger } = services
  const schema = routeSchema('transactions', {
    summary: 'Where a transaction stands',
    parameters: object({ txId: described('base32 or hex') }),
    answer: object(
      {
        txId: string,
        status: { enum: ['pending', 'committed'] },
        height: nullable(integer),
        kind: string,
        sender: string,
        expiryMs: integer,
        transaction: described('base64'),
      },
      ['kind', 'sender', 'expiryMs', 'transaction'],
    ),
  })
  server.get<{ Params: { txId: string } }>('/v1/transactions/:txId', { schema }, async ({ params }) => {
    const txId = idFromText(params.txId, 32)
    const name = base32(txId)
    const height = ledger.heightOf(txId)
    if (height === undefined) {
      if (ledger.isPending(txId)) return { txId: name, status: 'pending', height: null }
      throw notFound(services)
    }
    const found = await ledger.fetchBlock(height)
    for (const bytes of found.ok ? found.value.block.transactions : []) {
      const pending = pendingFromBytes(bytes)
      if (!pending.ok) continue
      const { body } = pending.value.transaction
      if (base32(transactionId(body)) !== name) continue
      const { kind, sender, expiryMs } = body
      return {
        txId: name,
        status: 'committed',
        height,
        kind,
        sender: did(sender),
        expiryMs,
        transaction: base64(bytes),
      }
    }
    // The index knows an id by its first bytes.
    if (found.ok) throw notFound(services)
    return { txId: name, status: 'committed', height }
  })
}
