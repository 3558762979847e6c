import { createInclusionProver, leafHash, verifyInclusion } from '../../crypto/merkle-log.ts'
import { encode } from '../../encoding/index.ts'
import { type Batch, type RecordAnchor, recordAnchorSchema } from './tables.ts'

/** An anchor that is shown without the others of its batch. */
export interface ProvenAnchor {
  readonly anchor: RecordAnchor
  /** RFC 6962 §2.1.1, nearest sibling first; hashes of 32 bytes. */
  readonly path: readonly Uint8Array[]
}

const leafOf = (anchor: RecordAnchor): Uint8Array => leafHash(encode(recordAnchorSchema, anchor))

/** Gives each anchor of a batch with its path by position; undefined for a position that the batch does not have. */
export const createAnchorProver = (
  anchors: readonly RecordAnchor[],
): ((position: number) => ProvenAnchor | undefined) => {
  const pathOf = createInclusionProver(anchors.map(leafOf))
  return (position) => {
    const anchor = anchors[position]
    return anchor && { anchor, path: pathOf(position) }
  }
}

/** Whether the anchor stands at that position of a batch, by the root that the batch has in committed state. */
export const verifyAnchor = (
  { anchorsRoot, count }: Pick<Batch, 'anchorsRoot' | 'count'>,
  position: number,
  { anchor, path }: ProvenAnchor,
): boolean => verifyInclusion(leafOf(anchor), position, count, path, anchorsRoot)
