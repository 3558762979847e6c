import {
  batches,
  bytesFromHex,
  disputes,
  equalBytes,
  hexFromBytes,
  memberHistoryIn,
  recordIdOf,
  splitRecordId,
  unwrap,
} from '@medchain/core'
import { HEAD_AGE_MS_MAX } from '../disclosure/fresh-head.ts'
import type { PrivacyPorts, VaultName } from '../requests/ports.ts'
import { healedHoldersIn, isAmong } from './healing/healed-sides.ts'
import {
  type Manifest,
  markedPieces,
  namesOfBatch,
  piecesMarker,
  readManifest,
  storedBatchIds,
} from './stored-batch.ts'

/** How long what was handed over may wait for its transaction. */
export const UNANCHORED_AGE_MS_MAX = 60 * 60 * 1000

/** Checks stored batches against the chain once they are committed, and drops what never is. */
export interface UnanchoredBatches {
  readonly watch: (batchId: Uint8Array, manifest: Manifest) => void
  /** A piece whose batch is not stored yet. */
  readonly watchPiece: (recordId: Uint8Array) => void
  /** Whether pieces of the record are known here that came before its batch. */
  readonly awaitsBatch: (recordId: Uint8Array) => boolean
  /** Takes up what an earlier run left waiting. */
  readonly load: () => Promise<void>
  /** Looks at everything that waits; returns how many batches it dropped. */
  readonly sweep: () => Promise<number>
}

interface Waiting {
  readonly sinceMs: number
  readonly manifest: Manifest
}

type Ports = Pick<PrivacyPorts, 'chain' | 'vault' | 'clock' | 'logger'>

export const createUnanchoredBatches = ({ chain, vault, clock, logger }: Ports): UnanchoredBatches => {
  const waiting = new Map<string, Waiting>()
  const pieces = new Map<string, number>()

  const watch: UnanchoredBatches['watch'] = (batchId, manifest) => {
    waiting.set(hexFromBytes(batchId), { sinceMs: clock.wallMs(), manifest })
    // Pieces never go with release keys: they are dropped like those of no batch.
    if (manifest.side === 'release') return
    for (const recordId of pieces.keys())
      if (recordId.startsWith(hexFromBytes(batchId))) pieces.delete(recordId)
  }

  /** Whether the batch stays, goes, or waits on. */
  const verdictOn = (batchId: Uint8Array, { sinceMs, manifest }: Waiting): 'keep' | 'drop' | 'wait' => {
    const head = chain.head()
    const found = healedHoldersIn(head, memberHistoryIn(head.view), batchId)
    if (!found) {
      // A head that lags behind may not know of it yet.
      const isFresh = clock.wallMs() - head.timeMs <= HEAD_AGE_MS_MAX
      return isFresh && clock.wallMs() - sinceMs > UNANCHORED_AGE_MS_MAX ? 'drop' : 'wait'
    }
    const { batch, holders } = found
    const isFrom =
      equalBytes(batch.institution, manifest.from) ||
      isAmong(holders.ever[manifest.side], manifest.from) ||
      head.view.get(disputes, recordIdOf(batchId, 0)) !== undefined
    return isFrom && equalBytes(batch.anchorsRoot, manifest.anchorsRoot) ? 'keep' : 'drop'
  }

  /** Old pieces whose batch never came; one that came while a piece was being written keeps its pieces. */
  const lonePieces = async (): Promise<VaultName[]> => {
    const nowMs = clock.wallMs()
    const names: VaultName[] = []
    for (const [name, sinceMs] of [...pieces]) {
      if (nowMs - sinceMs <= UNANCHORED_AGE_MS_MAX) continue
      pieces.delete(name)
      const recordId = unwrap(bytesFromHex(name))
      const manifest = await readManifest(vault, splitRecordId(recordId).batchId)
      const isStored = !manifest.ok || manifest.value?.side === 'ciphertext'
      const keys = isStored ? [] : vault.list('ciphertext', recordId)
      names.push(...keys.map((key): VaultName => ({ kind: 'ciphertext', key })), piecesMarker(recordId))
    }
    return names
  }

  return {
    watch,
    watchPiece(recordId) {
      pieces.set(hexFromBytes(recordId), clock.wallMs())
    },
    awaitsBatch: (recordId) => pieces.has(hexFromBytes(recordId)),
    async load() {
      const { view } = chain.head()
      for (const batchId of storedBatchIds(vault)) {
        if (view.get(batches, batchId)) continue
        const manifest = await readManifest(vault, batchId)
        if (manifest.ok && manifest.value) watch(batchId, manifest.value)
      }
      for (const recordId of markedPieces(vault)) pieces.set(hexFromBytes(recordId), clock.wallMs())
    },
    async sweep() {
      let dropped = 0
      for (const [name, entry] of [...waiting]) {
        const batchId = unwrap(bytesFromHex(name))
        const verdict = verdictOn(batchId, entry)
        if (verdict === 'wait') continue
        waiting.delete(name)
        if (verdict === 'keep') continue
        await vault.erase(namesOfBatch(batchId, entry.manifest))
        dropped++
      }
      const pieceNames = await lonePieces()
      if (pieceNames.length > 0) await vault.erase(pieceNames)
      if (dropped > 0) logger.info({ batches: dropped }, 'dropped what was handed over and never anchored')
      return dropped
    },
  }
}
