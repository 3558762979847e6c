import {
  accountIdFromDid,
  base32FromBytes,
  batches,
  bytesFromBase32,
  bytesFromHex,
  createAnchorProver,
  disputes,
  type ProvenAnchor,
  type RecordAnchor,
  recordIdOf,
  verifyAnchor,
} from '@medchain/core'
import { batchInfo } from '../client/accounts.ts'
import { accuse } from '../client/accuse.ts'
import type { BatchInfo } from '../client/api-types.ts'
import { type ProvingMany, readProven } from '../client/proven-view.ts'
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

/** What the chain holds of a batch, proven; undefined when it has none of that id. */
export const findBatch = (client: ProvingMany, batchId: Uint8Array): Promise<BatchInfo | undefined> =>
  readProven(client, (view) => {
    const batch = view.get(batches, batchId)
    const dispute = view.get(disputes, recordIdOf(batchId, 0))
    return batch && batchInfo(batchId, batch, dispute?.disputed)
  })

const anchorFrom = ({ commitment, ciphertextDigest, envelopeDigest }: AnchorText): RecordAnchor => ({
  commitment: bytesOfHex(commitment),
  ciphertextDigest: bytesOfHex(ciphertextDigest),
  envelopeDigest: bytesOfHex(envelopeDigest),
})

interface ProvenAnchorText extends AnchorText {
  readonly path: readonly string[]
}

/** Single anchors in one answer; of more positions the whole batch is less to carry than their paths. */
const SINGLE_MAX = 32

type Anchors = (position: number) => ProvenAnchor | undefined

/** Anchors of a batch as the node tells them. */
const toldAnchors = async (
  client: ProvingMany,
  batchId: Uint8Array,
  positions: readonly number[],
): Promise<Anchors> => {
  const path = `/v1/batches/${base32FromBytes(batchId)}`
  if (positions.length > SINGLE_MAX) {
    const { anchors } = await client.get<{ readonly anchors: readonly AnchorText[] }>(path)
    return createAnchorProver(anchors.map(anchorFrom))
  }
  const query = { positions: positions.join(',') }
  const { anchors } = await client.get<{ readonly anchors: readonly ProvenAnchorText[] }>(
    `${path}/anchors`,
    query,
  )
  const told = positions.map((position, index) => {
    const anchor = anchors[index]
    return [position, anchor && { anchor: anchorFrom(anchor), path: anchor.path.map(bytesOfHex) }] as const
  })
  const byPosition = new Map(told)
  return (position) => byPosition.get(position)
}

/** A batch, and the anchors that were asked for. */
export interface AnchoredBatch {
  readonly batch: BatchInfo
  readonly anchorAt: Anchors
}

/**
 * A batch with its anchors at these positions, at least one; undefined when the chain has none of that id, or fewer
 * records in it. That a record is what its author wrote rests on these alone, so they are proven: `proof.false` for a
 * node that tells others.
 */
export const findAnchors = async (
  client: ProvingMany,
  batchId: Uint8Array,
  positions: readonly number[],
): Promise<AnchoredBatch | undefined> => {
  const telling = toldAnchors(client, batchId, positions).catch((error: unknown) => ({ error }))
  const batch = await findBatch(client, batchId)
  if (batch === undefined || positions.some((position) => position >= batch.count)) return undefined
  const anchorAt = await telling
  if ('error' in anchorAt) throw anchorAt.error
  const committed = { count: batch.count, anchorsRoot: bytesOfHex(batch.anchorsRoot) }
  const isProven = (position: number): boolean => {
    const proven = anchorAt(position)
    return proven !== undefined && verifyAnchor(committed, position, proven)
  }
  return client.isTrusting || positions.every(isProven)
    ? { batch, anchorAt }
    : accuse(client, 'proof.false', 'tells other anchors of a batch than the chain has.')
}
