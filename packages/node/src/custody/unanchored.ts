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
import { createWaitingBytes, WAITING_BYTES_MAX } from './waiting-bytes.ts'

/** How long what was handed over may wait for its transaction. */
export const UNANCHORED_AGE_MS_MAX = 60 * 60 * 1000

/** Checks stored batches against the chain once they are committed, and drops what never is. */
export interface UnanchoredBatches {
  readonly watch: (batchId: Uint8Array, manifest: Manifest) => void
  /** A piece whose batch is not stored yet; of whom and how large, where that is known. */
  readonly watchPiece: (recordId: Uint8Array, from?: Uint8Array, sizeBytes?: number) => void
  /** Whether a member may hand over so much more before blocks anchor what it handed over already. */
  readonly hasRoom: (from: Uint8Array, sizeBytes: number) => Promise<boolean>
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

/** Whoever has no room left has everything looked through no more often. */
const LOOK_AGAIN_MS = 1000

type Ports = Pick<PrivacyPorts, 'chain' | 'vault' | 'clock' | 'logger'>

const sizeOf = ({ sizesBytes }: Manifest): number => sizesBytes.reduce((sum, size) => sum + size, 0)

export const createUnanchoredBatches = (
  { chain, vault, clock, logger }: Ports,
  waitingBytesMax = WAITING_BYTES_MAX,
): UnanchoredBatches => {
  const waiting = new Map<string, Waiting>()
  const pieces = new Map<string, number>()
  const bytes = createWaitingBytes(waitingBytesMax)
  let lookedAtMs = 0

  const forgetPiece = (name: string): void => {
    pieces.delete(name)
    bytes.forget(name)
  }

  const watch: UnanchoredBatches['watch'] = (batchId, manifest) => {
    const name = hexFromBytes(batchId)
    waiting.set(name, { sinceMs: clock.wallMs(), manifest })
    bytes.forget(name)
    bytes.add(name, manifest.from, sizeOf(manifest))
    // Pieces never go with release keys: they are dropped like those of no batch.
    if (manifest.side === 'release') return
    for (const recordId of pieces.keys()) if (recordId.startsWith(name)) forgetPiece(recordId)
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
      const recordId = unwrap(bytesFromHex(name))
      const manifest = await readManifest(vault, splitRecordId(recordId).batchId)
      const isStored = !manifest.ok || manifest.value?.side === 'ciphertext'
      const isHealed = manifest.ok && manifest.value?.side === 'ciphertext'
      if (nowMs - sinceMs <= UNANCHORED_AGE_MS_MAX && !isHealed) continue
      forgetPiece(name)
      const keys = isStored ? [] : vault.list('ciphertext', recordId)
      names.push(...keys.map((key): VaultName => ({ kind: 'ciphertext', key })), piecesMarker(recordId))
    }
    return names
  }

  const sweep: UnanchoredBatches['sweep'] = async () => {
    let dropped = 0
    for (const [name, entry] of [...waiting]) {
      const batchId = unwrap(bytesFromHex(name))
      const verdict = verdictOn(batchId, entry)
      if (verdict === 'wait') continue
      waiting.delete(name)
      bytes.forget(name)
      if (verdict === 'keep') continue
      await vault.erase(namesOfBatch(batchId, entry.manifest))
      dropped++
    }
    const pieceNames = await lonePieces()
    if (pieceNames.length > 0) await vault.erase(pieceNames)
    if (dropped > 0) logger.info({ batches: dropped }, 'dropped what was handed over and never anchored')
    return dropped
  }

  return {
    watch,
    watchPiece(recordId, from, sizeBytes = 0) {
      const name = hexFromBytes(recordId)
      pieces.set(name, clock.wallMs())
      if (from) bytes.add(name, from, sizeBytes)
    },
    async hasRoom(from, sizeBytes) {
      if (bytes.hasRoom(from, sizeBytes)) return true
      if (clock.wallMs() - lookedAtMs < LOOK_AGAIN_MS) return false
      lookedAtMs = clock.wallMs()
      await sweep()
      return bytes.hasRoom(from, sizeBytes)
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
    sweep,
  }
}
