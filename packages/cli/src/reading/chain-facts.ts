import {
  accountIdFromDid,
  anchorsRootOf,
  base32FromBytes,
  batches,
  bytesFromBase32,
  bytesFromHex,
  didFromAccountId,
  hexFromBytes,
  type RecordAnchor,
} from '@medchain/core'
import type { GrantInfo } from '../client/api-types.ts'
import type { NodeClient } from '../client/node-client.ts'
import { readState } from '../client/proven-state.ts'
import { fail, valueOrFail } from '../command-error.ts'

// What the chain says in public: as the node tells it, but for `findBatch`, which is proven.

export interface ChartFacts {
  readonly did: string
  readonly sponsor: string
  readonly epoch: number
  readonly epochKey: string
  /** Ed25519 key that signs for the chart, hexadecimal like the epoch’s. */
  readonly controllerKey: string
  readonly batchCount: number
  readonly recordCount: number
  readonly grantCount: number
  readonly height: number
}

export interface BatchFacts {
  readonly batchId: string
  /** DID. */
  readonly chart: string
  readonly epoch: number
  /** DID of the person who signed. */
  readonly author: string
  /** DID. */
  readonly institution: string
  readonly count: number
  readonly height: number
  readonly timeMs: number
  readonly anchorsRoot: string
}

interface AnchorText {
  readonly commitment: string
  readonly ciphertextDigest: string
  readonly envelopeDigest: string
}

type Asked = Pick<NodeClient, 'get' | 'find'>
type Proving = Pick<NodeClient, 'get' | 'networkId'>

const PAGE = 1000

export const bytesOfHex = (text: string): Uint8Array => valueOrFail(bytesFromHex(text))

/** Bytes that the node writes as base32. */
export const bytesOfId = (text: string): Uint8Array => valueOrFail(bytesFromBase32(text))

export const idOfDid = (did: string): Uint8Array => valueOrFail(accountIdFromDid(did))

export const findChartFacts = (client: Asked, chart: Uint8Array): Promise<ChartFacts | undefined> =>
  client.find<ChartFacts>(`/v1/charts/${encodeURIComponent(didFromAccountId(chart))}`)

const readPages = async <T>(
  client: Asked,
  path: string,
  itemsOf: (page: { readonly [name: string]: unknown }) => readonly T[],
): Promise<readonly T[]> => {
  const items: T[] = []
  let cursor: number | undefined = 0
  while (cursor !== undefined) {
    const page: { readonly next: number | null } = await client.get(path, { limit: PAGE, cursor })
    items.push(...itemsOf({ ...page }))
    cursor = page.next ?? undefined
  }
  return items
}

/** All batches of a chart, oldest first. */
export const readBatches = (client: Asked, chart: Uint8Array): Promise<readonly BatchFacts[]> =>
  readPages(
    client,
    `/v1/charts/${encodeURIComponent(didFromAccountId(chart))}/batches`,
    (page) => page['batches'] as readonly BatchFacts[],
  )

/** All grants that a chart gave, oldest first. */
export const readGrants = (client: Asked, chart: Uint8Array): Promise<readonly GrantInfo[]> =>
  readPages(
    client,
    `/v1/charts/${encodeURIComponent(didFromAccountId(chart))}/grants`,
    (page) => page['grants'] as readonly GrantInfo[],
  )

export interface AnchoredBatch extends BatchFacts {
  readonly anchors: readonly RecordAnchor[]
}

/** What the chain holds of a batch, proven; undefined when it has none of that id. */
const provenBatch = async (client: Proving, batchId: Uint8Array): Promise<BatchFacts | undefined> => {
  const batch = await readState(client, batches.schema, batches.keyOf(batchId))
  return (
    batch && {
      batchId: base32FromBytes(batchId),
      chart: didFromAccountId(batch.chart),
      epoch: batch.epoch,
      author: didFromAccountId(batch.author),
      institution: didFromAccountId(batch.institution),
      count: batch.count,
      height: batch.height,
      timeMs: batch.timeMs,
      anchorsRoot: hexFromBytes(batch.anchorsRoot),
    }
  )
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
  return hexFromBytes(anchorsRootOf(anchors)) === batch.anchorsRoot
    ? { ...batch, anchors }
    : fail('proof.false', 'The node tells other anchors of the batch than the chain has.')
}
