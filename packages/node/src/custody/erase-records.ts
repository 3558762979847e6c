import { hexFromBytes, type Result, recordIdOf, splitRecordId } from '@medchain/core'
import type { Destroyer } from '../erasure/due-erasures.ts'
import type { VaultName, VaultPort } from '../requests/ports.ts'
import type { DuplicateIndex } from './duplicate-index.ts'
import type { ImportOutbox } from './import-outbox.ts'
import {
  type Manifest,
  manifestEntry,
  markedPieces,
  namesOfRecord,
  piecesMarker,
  readManifest,
  type StoredRecords,
} from './stored-batch.ts'

interface CustodyParts {
  readonly vault: VaultPort
  readonly outbox: Pick<ImportOutbox, 'forget'>
  readonly duplicates: Pick<DuplicateIndex, 'erase'>
  readonly records: Pick<StoredRecords, 'forget'>
}

interface BatchPart {
  readonly batchId: Uint8Array
  readonly positions: number[]
}

const byBatch = (recordIds: readonly Uint8Array[]): BatchPart[] => {
  const parts = new Map<string, BatchPart>()
  for (const recordId of recordIds) {
    const { batchId, position } = splitRecordId(recordId)
    const name = hexFromBytes(batchId)
    const part = parts.get(name) ?? { batchId, positions: [] }
    part.positions.push(position)
    parts.set(name, part)
  }
  return [...parts.values()]
}

/** Pieces that came before a batch that never did. */
const loosePieces = (vault: VaultPort, recordIds: readonly Uint8Array[]): VaultName[] => {
  const marked = new Set(markedPieces(vault).map(hexFromBytes))
  return recordIds
    .filter((recordId) => marked.has(hexFromBytes(recordId)))
    .flatMap((recordId) => [
      ...vault.list('ciphertext', recordId).map((key): VaultName => ({ kind: 'ciphertext', key })),
      piecesMarker(recordId),
    ])
}

/** Where a record can lie: a crash may leave values of a batch without the note on it, which is written last. */
const namesAnywhere = (
  vault: VaultPort,
  batchId: Uint8Array,
  position: number,
  manifest: Result<Manifest | undefined>,
): VaultName[] => {
  const key = recordIdOf(batchId, position)
  const pieces = manifest.ok
    ? manifest.value && namesOfRecord(batchId, position, manifest.value)
    : vault.list('ciphertext', key).map((piece): VaultName => ({ kind: 'ciphertext', key: piece }))
  return [{ kind: 'release', key }, { kind: 'envelope', key }, { kind: 'ciphertext', key }, ...(pieces ?? [])]
}

const eraseInBatch = async (vault: VaultPort, { batchId, positions }: BatchPart): Promise<void> => {
  const manifest = await readManifest(vault, batchId)
  await vault.erase(positions.flatMap((position) => namesAnywhere(vault, batchId, position, manifest)))
  if (!manifest.ok || manifest.value === undefined) return
  const { value } = manifest
  if (positions.every((position) => (value.sizesBytes[position] ?? 0) === 0)) return
  const sizesBytes = value.sizesBytes.map((size, position) => (positions.includes(position) ? 0 : size))
  await vault.putBatch([manifestEntry(batchId, { ...value, sizesBytes })])
}

/**
 * Destroys what this node holds of records: k2, envelopes with wrapped k1 and sealed header, ciphertexts, what waits
 * to be handed over, and what the duplicate index knows. The sizes in the manifest go last: they say where pieces lie.
 */
export const eraseRecordsWith =
  ({ vault, outbox, duplicates, records }: CustodyParts): Destroyer =>
  async (erasure) => {
    await vault.erase(loosePieces(vault, erasure.records))
    for (const part of byBatch(erasure.records)) {
      await outbox.forget(part.batchId)
      await eraseInBatch(vault, part)
      records.forget(part.batchId)
    }
    await duplicates.erase(erasure.records)
    return 'gone'
  }
