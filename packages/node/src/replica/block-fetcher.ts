import { type CommittedBlock, decodeCommittedBlock } from '@medchain/core'
import { type BlockRequestParts, createBlockRequest } from './request-block.ts'

/** The same old block is often asked for again. */
const KEPT = 16
/** Fewer than go to a member at once: clients that read old blocks leave room for this node's own catching up. */
const AT_ONCE = 2

/**
 * Blocks that are not kept here any more, from the members: verified by the certificate under the validators of their
 * height (consensus Q76). Undefined when nobody supplies one.
 */
export const createBlockFetcher = (
  parts: BlockRequestParts,
): ((height: number) => Promise<CommittedBlock | undefined>) => {
  const fetchFrom = createBlockRequest(parts)
  const kept = new Map<number, Promise<CommittedBlock | undefined>>()

  const fetch = async (height: number): Promise<CommittedBlock | undefined> => {
    for (const { institution, connected } of parts.network.peers()) {
      const bytes = connected ? await fetchFrom(institution, height) : undefined
      const decoded = bytes && decodeCommittedBlock(bytes)
      if (decoded?.ok) return decoded.value
    }
    kept.delete(height)
    return undefined
  }

  const lanes: Promise<unknown>[] = []
  const inTurn = (height: number): Promise<CommittedBlock | undefined> => {
    const lane = height % AT_ONCE
    const block = (lanes[lane] ?? Promise.resolve()).then(() => fetch(height))
    lanes[lane] = block.catch(() => undefined)
    return block
  }

  return (height) => {
    const block = kept.get(height) ?? inTurn(height)
    kept.delete(height)
    kept.set(height, block)
    const oldest = kept.keys().next()
    if (kept.size > KEPT && !oldest.done) kept.delete(oldest.value)
    return block
  }
}
