import {
  accountIdFromDid,
  anchorsRootOf,
  base32FromBytes,
  batches,
  bytesFromBase32,
  bytesFromHex,
  disputes,
  hexFromBytes,
  type RecordAnchor,
  recordIdOf,
} from '@medchain/core'
import { batchInfo } from '../client/accounts.ts'
import { accuse } from '../client/accuse.ts'
import type { BatchInfo } from '../client/api-types.ts'
import { readState } from '../client/proven-state.ts'
import type { Proving } from '../client/trusted-heads.ts'
import { valueOrFail } from '../command-error.ts'

export { batchesOfChart as readBatches, grantsOfChart as readGrants } from '../client/accounts.ts'

interface AnchorText {
  readonly commitment: string
  readonly ciphertextDigest: string
  readonly envelopeDigest: string
}

export const bytesOfHex = (text: string): Uint8Array => valueOrFail(bytesFromHex(text))

/** Bytes that the node writes as base32. */
export const bytesOfId = (text: string): Uint8Array => valueOrFail(bytesFromBase32(text))

export const idOfDid = (did: string): Uint8Array => valueOrFail(accountIdFromDid(did))

export interface AnchoredBatch extends BatchInfo {
  readonly anchors: readonly RecordAnchor[]
}

/** What the chain holds of a batch, proven; undefined when it has none of that id. */
const provenBatch = async (client: Proving, batchId: Uint8Array): Promise<BatchInfo | undefined> => {
  const batch = await readState(client, batches.schema, batches.keyOf(batchId))
  if (!batch) return undefined
  const mayDispute = batch.count === 1
  const dispute =
    mayDispute && (await readState(client, disputes.schema, disputes.keyOf(recordIdOf(batchId, 0))))
  return batchInfo(batchId, batch, dispute ? dispute.disputed : undefined)
}

/**
 * A batch with its anchors; undefined when the chain has none of that id. That a record is what its author
 * wrote rests on these alone, so they are proven: `proof.false` for a node that tells others.
 */
export const findBatch = async (client: Proving, batchId: Uint8Array): Promise<AnchoredBatch | undefined> => {
  const batch = await provenBatch(client, batchId)
  if (batch === undefined) return undefined
  const path = `/v1/batches/${base32FromBytes(batchId)}`
  const told = await client.get<{ readonly anchors: readonly AnchorText[] }>(path)
  const anchors = told.anchors.map((anchor) => ({
    commitment: bytesOfHex(anchor.commitment),
    ciphertextDigest: bytesOfHex(anchor.ciphertextDigest),
    envelopeDigest: bytesOfHex(anchor.envelopeDigest),
  }))
  return client.isTrusting || hexFromBytes(anchorsRootOf(anchors)) === batch.anchorsRoot
    ? { ...batch, anchors }
    : accuse(client, 'proof.false', 'tells other anchors of a batch than the chain has.')
}
