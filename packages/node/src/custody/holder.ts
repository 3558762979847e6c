import {
  anchorsRootOf,
  batches,
  ciphertextDigestOf,
  equalBytes,
  isErased,
  ok,
  openReleaseSet,
  type Result,
  recordIdOf,
} from '@medchain/core'
import { nodeCiphers } from '../keystore/index.ts'
import { awaitState } from '../requests/await-state.ts'
import type { PrivacyPorts, VaultEntry, VaultPort } from '../requests/ports.ts'
import { PIECE_BYTES_MAX, type VaultMessage } from '../requests/vault-messages.ts'
import {
  type AnchoringTransaction,
  anchoringFromBytes,
  checkEnvelopes,
  digestOfParts,
  writtenBy,
} from './anchoring.ts'
import { refuseCustody } from './codes.ts'
import {
  isInPieces,
  manifestEntry,
  pieceCount,
  pieceName,
  piecesMarker,
  readManifest,
} from './stored-batch.ts'
import type { UnanchoredBatches } from './unanchored.ts'

type StoreCiphertexts = Omit<Extract<VaultMessage, { type: 'store-ciphertexts' }>, 'type'>
type StoreReleases = Omit<Extract<VaultMessage, { type: 'store-releases' }>, 'type'>
type StorePiece = Omit<Extract<VaultMessage, { type: 'store-piece' }>, 'type'>

/** Keeps what other institutions, or this one, hand over; each call is durable when it answers ok. */
export interface Holder {
  readonly storeCiphertexts: (from: Uint8Array, message: StoreCiphertexts) => Promise<Result<void>>
  readonly storePiece: (from: Uint8Array, message: StorePiece) => Promise<Result<void>>
  readonly storeReleases: (from: Uint8Array, message: StoreReleases) => Promise<Result<void>>
}

/** The stored pieces of a ciphertext up to the first that is not here: `count` is what a peer says. */
export async function* piecesOf(
  vault: VaultPort,
  recordId: Uint8Array,
  count: number,
): AsyncGenerator<Uint8Array> {
  for (let piece = 0; piece < count; piece++) {
    const value = await vault.get(pieceName(recordId, piece))
    if (!value.ok || value.value === undefined) return
    yield value.value
  }
}

const checkCiphertext = async (
  vault: VaultPort,
  { anchoring }: AnchoringTransaction,
  message: StoreCiphertexts,
  position: number,
): Promise<Result<void>> => {
  const sizeBytes = message.sizesBytes[position] as number
  const ciphertext = message.ciphertexts[position] as Uint8Array
  const parts = piecesOf(vault, recordIdOf(anchoring.batchId, position), pieceCount(sizeBytes))
  const { digest, sizeBytes: actual } = isInPieces(sizeBytes)
    ? await digestOfParts(parts)
    : { digest: ciphertextDigestOf(ciphertext, nodeCiphers), sizeBytes: ciphertext.length }
  const isRight =
    actual === sizeBytes && equalBytes(digest, anchoring.anchors[position]?.ciphertextDigest as Uint8Array)
  return isRight ? ok(undefined) : refuseCustody('import.digest', `ciphertext ${position}`)
}

const bytesIn = ({ envelopes, ciphertexts }: StoreCiphertexts): number =>
  [...envelopes, ...ciphertexts].reduce((sum, { length }) => sum + length, 0)

export const createHolder = (
  { chain, vault, self, clock }: Pick<PrivacyPorts, 'chain' | 'vault' | 'self' | 'clock'>,
  unanchored: UnanchoredBatches,
): Holder => {
  /** Whether the batch is still to be stored; refuses one that is not the giver's to hand over. */
  const isNew = async (from: Uint8Array, batch: AnchoringTransaction): Promise<Result<boolean>> => {
    const { anchoring, disputing } = batch
    await awaitState({ chain, clock }, () => writtenBy(chain.head().view, batch) !== undefined)
    const { view } = chain.head()
    const institution = writtenBy(view, batch)
    // Any member brings a dispute, of a patient as well; the chain judges it.
    if (!institution || !(disputing || equalBytes(institution, from))) return refuseCustody('import.author')
    const committed = view.get(batches, anchoring.batchId)
    if (committed && !equalBytes(committed.institution, institution)) return refuseCustody('import.author')
    if (committed && !equalBytes(committed.anchorsRoot, anchorsRootOf(anchoring.anchors))) {
      return refuseCustody('import.digest', 'the chain has another batch of this id')
    }
    const stored = await readManifest(vault, anchoring.batchId)
    if (!stored.ok || stored.value === undefined) return ok(true)
    const isSame = equalBytes(stored.value.anchorsRoot, anchorsRootOf(anchoring.anchors))
    // Nothing on the chain fits release keys: of a committed dispute, which anybody may bring, the first ones stay.
    const isKept = equalBytes(stored.value.from, from) || (disputing && committed)
    if (isSame && isKept) return ok(false)
    return committed ? ok(true) : refuseCustody('import.digest', 'another batch of this id waits here')
  }

  /** What waits for its block is bounded for each other member: one alone fills no holder. */
  const checkRoom = async (from: Uint8Array, sizeBytes: number): Promise<Result<void>> =>
    equalBytes(from, self.id) || (await unanchored.hasRoom(from, sizeBytes))
      ? ok(undefined)
      : refuseCustody('import.quota')

  const checkSide = async (from: Uint8Array, batch: AnchoringTransaction, message: StoreCiphertexts) => {
    const { anchors } = batch.anchoring
    const author = writtenBy(chain.head().view, batch) ?? from
    const envelopes = checkEnvelopes(batch.anchoring, message.envelopes, author)
    if (!envelopes.ok) return envelopes
    if (message.ciphertexts.length !== anchors.length || message.sizesBytes.length !== anchors.length) {
      return refuseCustody('import.shape', 'ciphertexts and anchors differ in number')
    }
    for (const position of anchors.keys()) {
      const checked = await checkCiphertext(vault, batch, message, position)
      if (!checked.ok) return checked
    }
    return ok(undefined)
  }

  /** What is erased is not kept, whoever brings it (erasure X6). */
  const erasedNow = (): ((recordId: Uint8Array) => boolean) => {
    const { view, timeMs } = chain.head()
    return (recordId) => isErased(view, recordId, timeMs)
  }

  const keep = async (
    from: Uint8Array,
    { anchoring }: AnchoringTransaction,
    values: readonly VaultEntry[],
    sizesBytes: readonly number[] | undefined,
  ): Promise<Result<void>> => {
    const manifest = {
      side: sizesBytes ? ('ciphertext' as const) : ('release' as const),
      from,
      anchorsRoot: anchorsRootOf(anchoring.anchors),
      count: anchoring.anchors.length,
      sizesBytes: sizesBytes ?? [],
    }
    await vault.putBatch([...values, manifestEntry(anchoring.batchId, manifest)])
    unanchored.watch(anchoring.batchId, manifest)
    const inPieces = manifest.sizesBytes.flatMap((size, position) => (isInPieces(size) ? [position] : []))
    if (inPieces.length > 0) {
      await vault.erase(inPieces.map((position) => piecesMarker(recordIdOf(anchoring.batchId, position))))
    }
    return ok(undefined)
  }

  return {
    async storeCiphertexts(from, message) {
      const batch = anchoringFromBytes(message.transaction)
      if (!batch.ok) return batch
      const fresh = await isNew(from, batch.value)
      if (!fresh.ok || !fresh.value) return fresh.ok ? ok(undefined) : fresh
      const room = await checkRoom(from, bytesIn(message))
      if (!room.ok) return room
      const checked = await checkSide(from, batch.value, message)
      if (!checked.ok) return checked
      const { batchId, anchors } = batch.value.anchoring
      const isGone = erasedNow()
      const gone = new Set([...anchors.keys()].filter((position) => isGone(recordIdOf(batchId, position))))
      const values = [...anchors.keys()].flatMap((position): VaultEntry[] => {
        if (gone.has(position)) return []
        const key = recordIdOf(batchId, position)
        const envelope = { kind: 'envelope' as const, key, value: message.envelopes[position] as Uint8Array }
        if (isInPieces(message.sizesBytes[position] as number)) return [envelope]
        return [envelope, { kind: 'ciphertext', key, value: message.ciphertexts[position] as Uint8Array }]
      })
      const sizesBytes = message.sizesBytes.map((size, position) => (gone.has(position) ? 0 : size))
      return keep(from, batch.value, values, sizesBytes)
    },
    async storePiece(from, { recordId, piece, bytes }) {
      if (bytes.length === 0 || bytes.length > PIECE_BYTES_MAX)
        return refuseCustody('import.shape', 'size of a piece')
      if (erasedNow()(recordId)) return ok(undefined)
      const stored = await readManifest(vault, recordId.slice(0, 16))
      if (stored.ok && stored.value !== undefined) return ok(undefined)
      const room = await checkRoom(from, bytes.length)
      if (!room.ok) return room
      const marker = { ...piecesMarker(recordId), value: new Uint8Array(1) }
      const marks = unanchored.awaitsBatch(recordId) ? [] : [marker]
      await vault.putBatch([{ ...pieceName(recordId, piece), value: bytes }, ...marks])
      unanchored.watchPiece(recordId, from, bytes.length)
      return ok(undefined)
    },
    async storeReleases(from, { transaction, sealed }) {
      const batch = anchoringFromBytes(transaction)
      if (!batch.ok) return batch
      const fresh = await isNew(from, batch.value)
      if (!fresh.ok || !fresh.value) return fresh.ok ? ok(undefined) : fresh
      const room = await checkRoom(from, sealed.length)
      if (!room.ok) return room
      const keys = await openReleaseSet({
        networkId: chain.networkId,
        institution: self.id,
        sealingSecret: self.sealingSecret,
        sealed,
      })
      if (!keys.ok) return keys
      const { batchId, anchors } = batch.value.anchoring
      const fits =
        keys.value.length === anchors.length &&
        keys.value.every(({ recordId }, position) => equalBytes(recordId, recordIdOf(batchId, position)))
      if (!fits) return refuseCustody('import.shape', 'the release keys are for other records')
      const isGone = erasedNow()
      const values = keys.value
        .filter(({ recordId }) => !isGone(recordId))
        .map(({ recordId, k2 }): VaultEntry => ({ kind: 'release', key: recordId, value: k2 }))
      return keep(from, batch.value, values, undefined)
    },
  }
}
