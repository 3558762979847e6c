import {
  anchoringIn,
  createAnchorProver,
  equalBytes,
  hexFromBytes,
  ok,
  type ProvenAnchor,
  pendingFromBytes,
  type RecordAnchor,
  type Result,
  refuse,
} from '@medchain/core'
import type { NodeServices } from './services.ts'

type Blocks = Pick<NodeServices['ledger'], 'fetchBlock'>

/** The anchors of a batch, from the block of this height, which committed it. `block.*` */
export const committedAnchors = async (
  ledger: Blocks,
  batchId: Uint8Array,
  height: number,
): Promise<Result<readonly RecordAnchor[]>> => {
  const found = await ledger.fetchBlock(height)
  if (!found.ok) return found
  for (const bytes of found.value.block.transactions) {
    const pending = pendingFromBytes(bytes)
    const payload = pending.ok ? anchoringIn(pending.value.transaction.body) : undefined
    if (payload?.ok && equalBytes(payload.value.batchId, batchId)) return ok(payload.value.anchors)
  }
  return refuse('block.not-found', `Block ${height} does not hold the anchors.`)
}

export interface AnchorsOfBatch {
  readonly anchors: readonly RecordAnchor[]
  readonly prove: (position: number) => ProvenAnchor | undefined
}

/** About half a megabyte each. */
const BATCHES_KEPT_MAX = 16

/** `committedAnchors` with proofs; keeps those of the batches that were asked for last, for blocks do not change. */
export const createProvenAnchors = (ledger: Blocks) => {
  const kept = new Map<string, AnchorsOfBatch>()
  return async (batchId: Uint8Array, height: number): Promise<Result<AnchorsOfBatch>> => {
    const name = hexFromBytes(batchId)
    let source = kept.get(name)
    if (source === undefined) {
      const anchors = await committedAnchors(ledger, batchId, height)
      if (!anchors.ok) return anchors
      source = { anchors: anchors.value, prove: createAnchorProver(anchors.value) }
    }
    kept.delete(name)
    kept.set(name, source)
    for (const [oldest] of kept) {
      if (kept.size <= BATCHES_KEPT_MAX) break
      kept.delete(oldest)
    }
    return ok(source)
  }
}
