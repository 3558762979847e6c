import {
  blockHash,
  type CommittedBlock,
  decodeCommittedBlock,
  encodeCommittedBlock,
  pendingFromBytes,
  signerIndices,
} from '@medchain/core'
import { ApiError } from '../api-error.ts'
import { array, described, integer, nullable, object, routeSchema, string } from '../schema.ts'
import type { ApiServer } from '../server.ts'
import type { NodeServices } from '../services.ts'
import { base32, base64, did, hex } from '../text.ts'

const summary = {
  height: integer,
  hash: string,
  timeMs: integer,
  round: described('Round that built the block', integer),
  commitRound: described('Round whose commits decided it', integer),
  proposer: string,
  stateRoot: string,
  transactions: integer,
  signers: array(string),
}

const blockAnswer = object({
  ...summary,
  version: integer,
  networkId: string,
  parentHash: string,
  transactionsRoot: string,
  logRoot: string,
  logSize: integer,
  validatorSetHash: string,
  nextValidatorSetHash: string,
  certificate: object({
    height: integer,
    round: integer,
    blockHash: string,
    bitmap: string,
    signatures: array(string),
  }),
  txIds: array(string),
  bytes: described('The encoded committed block, base64'),
})

const summaryOf = ({ block, certificate }: CommittedBlock, { ledger }: NodeServices) => {
  const { header } = block
  const { validators } = ledger.status()
  return {
    height: header.height,
    hash: hex(blockHash(header)),
    timeMs: header.timeMs,
    round: header.round,
    commitRound: certificate.round,
    proposer: did(header.proposer),
    stateRoot: hex(header.stateRoot),
    transactions: block.transactions.length,
    signers: signerIndices(certificate.bitmap).flatMap((index) => {
      const member = validators[index]
      return member ? [did(member.institution)] : []
    }),
  }
}

const blockOf = (bytes: Uint8Array, services: NodeServices) => {
  const decoded = decodeCommittedBlock(bytes)
  if (!decoded.ok) throw new ApiError('storage.block-damaged', 'The stored block does not decode.')
  const { block, certificate } = decoded.value
  const { header } = block
  return {
    ...summaryOf(decoded.value, services),
    version: header.version,
    networkId: base32(header.networkId),
    parentHash: hex(header.parentHash),
    transactionsRoot: hex(header.transactionsRoot),
    logRoot: hex(header.logRoot),
    logSize: header.logSize,
    validatorSetHash: hex(header.validatorSetHash),
    nextValidatorSetHash: hex(header.nextValidatorSetHash),
    certificate: {
      height: certificate.height,
      round: certificate.round,
      blockHash: hex(certificate.blockHash),
      bitmap: hex(certificate.bitmap),
      signatures: certificate.signatures.map(hex),
    },
    txIds: block.transactions.map((each) => {
      const pending = pendingFromBytes(each)
      return pending.ok ? base32(pending.value.txId) : ''
    }),
    bytes: base64(bytes),
  }
}

const listRoute = (server: ApiServer, services: NodeServices): void => {
  const schema = routeSchema('blocks', {
    summary: 'Committed blocks, newest first',
    query: {
      type: 'object',
      properties: {
        limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
        before: { type: 'integer', minimum: 1, description: 'Only blocks below this height' },
      },
    },
    answer: object({ blocks: array(object(summary)), next: nullable(integer) }),
  })
  server.get<{ Querystring: { limit: number; before?: number } }>('/v1/blocks', { schema }, ({ query }) => {
    const blocks = []
    let height = Math.min(services.ledger.status().height, (query.before ?? Number.MAX_SAFE_INTEGER) - 1)
    for (; height >= 1 && blocks.length < query.limit; height--) {
      const block = services.ledger.block(height)
      if (!block) break
      blocks.push(summaryOf(block, services))
    }
    return { blocks, next: height >= 1 && blocks.length > 0 ? height + 1 : null }
  })
}

/** The chain itself. */
export const blockRoutes = (server: ApiServer, services: NodeServices): void => {
  listRoute(server, services)
  const schema = routeSchema('blocks', {
    summary: 'One block with its certificate',
    parameters: { type: 'object', properties: { height: { type: 'integer', minimum: 1 } } },
    answer: blockAnswer,
  })
  server.get<{ Params: { height: number } }>('/v1/blocks/:height', { schema }, async ({ params }) => {
    const bytes = services.ledger.blockBytes(params.height)
    if (bytes) return blockOf(bytes, services)
    const found = await services.ledger.fetchBlock(params.height)
    if (!found.ok) throw new ApiError(found.code, found.message)
    return blockOf(encodeCommittedBlock(found.value), services)
  })
}
