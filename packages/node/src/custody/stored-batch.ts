import {
  bytes,
  bytesFromText,
  bytesFromUint,
  concatBytes,
  decode,
  encode,
  equalBytes,
  hexFromBytes,
  list,
  ok,
  RECORDS_PER_BATCH_MAX,
  type Result,
  recordIdOf,
  splitRecordId,
  struct,
  uint,
  word,
} from '@medchain/core'
import type { VaultEntry, VaultName, VaultPort } from '../requests/ports.ts'
import { PIECE_BYTES_MAX } from '../requests/vault-messages.ts'
import { refuseCustody } from './codes.ts'

/** What a holder notes of a batch beside its values. */
export interface Manifest {
  readonly side: 'ciphertext' | 'release'
  /** Institution that handed the batch over. */
  readonly from: Uint8Array
  /** What the chain must say of the batch. */
  readonly anchorsRoot: Uint8Array
  readonly count: number
  /** Sizes of the ciphertexts in bytes; empty on the release side. */
  readonly sizesBytes: readonly number[]
}

const manifestSchema = struct<Manifest>({
  side: word(['ciphertext', 'release']),
  from: bytes(32),
  anchorsRoot: bytes(32),
  count: uint(RECORDS_PER_BATCH_MAX),
  sizesBytes: list(uint(), RECORDS_PER_BATCH_MAX),
})

const MANIFESTS_KEPT_MAX = 256
const MANIFEST_PREFIX = bytesFromText('batch/')

const PIECES_PREFIX = bytesFromText('pieces/')

/** Marks a record whose pieces arrive before its batch. */
export const piecesMarker = (recordId: Uint8Array): VaultName => ({
  kind: 'index',
  key: concatBytes(PIECES_PREFIX, recordId),
})

/** Records of which pieces lie here without a batch. */
export const markedPieces = (vault: VaultPort): Uint8Array[] =>
  vault.list('index', PIECES_PREFIX).map((key) => key.slice(PIECES_PREFIX.length))

const manifestName = (batchId: Uint8Array): VaultName => ({
  kind: 'index',
  key: concatBytes(MANIFEST_PREFIX, batchId),
})

export const manifestEntry = (batchId: Uint8Array, manifest: Manifest): VaultEntry => ({
  ...manifestName(batchId),
  value: encode(manifestSchema, manifest),
})

/** Ids of all batches that this node holds a side of. */
export const storedBatchIds = (vault: VaultPort): Uint8Array[] =>
  vault.list('index', MANIFEST_PREFIX).map((key) => key.slice(MANIFEST_PREFIX.length))

export const readManifest = async (
  vault: VaultPort,
  batchId: Uint8Array,
): Promise<Result<Manifest | undefined>> => {
  const value = await vault.get(manifestName(batchId))
  if (!value.ok || value.value === undefined) return value as Result<undefined>
  return decode(manifestSchema, value.value)
}

export const pieceName = (recordId: Uint8Array, piece: number): VaultName => ({
  kind: 'ciphertext',
  key: concatBytes(recordId, bytesFromUint(piece, 4)),
})

/** Pieces of a large ciphertext that lie here, from the first on and without a gap. */
export const countPieces = (vault: VaultPort, recordId: Uint8Array): number => {
  const keys = vault.list('ciphertext', recordId)
  const gap = keys.findIndex((key, piece) => !equalBytes(key, pieceName(recordId, piece).key))
  return gap < 0 ? keys.length : gap
}

export const isInPieces = (sizeBytes: number): boolean => sizeBytes > PIECE_BYTES_MAX * 2

export const pieceCount = (sizeBytes: number): number => Math.ceil(sizeBytes / PIECE_BYTES_MAX)

/** Every name under which a side of one record lies. */
export const namesOfRecord = (batchId: Uint8Array, position: number, manifest: Manifest): VaultName[] => {
  const key = recordIdOf(batchId, position)
  if (manifest.side === 'release') return [{ kind: 'release', key }]
  const sizeBytes = manifest.sizesBytes[position] ?? 0
  const ciphertext = isInPieces(sizeBytes)
    ? Array.from({ length: pieceCount(sizeBytes) }, (_, piece) => pieceName(key, piece))
    : [{ kind: 'ciphertext' as const, key }]
  return [{ kind: 'envelope', key }, ...ciphertext]
}

/** Every name under which a batch lies, its manifest last. */
export const namesOfBatch = (batchId: Uint8Array, manifest: Manifest): VaultName[] => [
  ...Array.from({ length: manifest.count }, (_, position) =>
    namesOfRecord(batchId, position, manifest),
  ).flat(),
  manifestName(batchId),
]

const present = async (vault: VaultPort, name: VaultName): Promise<Result<Uint8Array>> => {
  const value = await vault.get(name)
  if (!value.ok) return value
  return value.value === undefined ? refuseCustody('vault.missing') : ok(value.value)
}

/** What a holder keeps of single records; `vault.missing` and `vault.damaged` where it cannot serve. */
export interface StoredRecords {
  readonly envelope: (recordId: Uint8Array) => Promise<Result<Uint8Array>>
  readonly releaseKey: (recordId: Uint8Array) => Promise<Result<Uint8Array>>
  readonly sizeBytes: (recordId: Uint8Array) => Promise<Result<number>>
  /** `length` bytes from `offset`, fewer at the end. */
  readonly ciphertext: (recordId: Uint8Array, offset: number, length: number) => Promise<Result<Uint8Array>>
  /** Reads a batch's manifest anew: it has changed. */
  readonly forget: (batchId: Uint8Array) => void
}

export const createStoredRecords = (vault: VaultPort): StoredRecords => {
  const manifests = new Map<string, Manifest>()
  const manifestOf = async (batchId: Uint8Array): Promise<Result<Manifest | undefined>> => {
    const name = hexFromBytes(batchId)
    const known = manifests.get(name)
    if (known) return ok(known)
    const manifest = await readManifest(vault, batchId)
    if (!manifest.ok || !manifest.value) return manifest
    if (manifests.size >= MANIFESTS_KEPT_MAX) manifests.clear()
    manifests.set(name, manifest.value)
    return manifest
  }
  const sizeBytes: StoredRecords['sizeBytes'] = async (recordId) => {
    const { batchId, position } = splitRecordId(recordId)
    const manifest = await manifestOf(batchId)
    if (!manifest.ok) return manifest
    const size = manifest.value?.sizesBytes[position]
    return size === undefined ? refuseCustody('vault.missing') : ok(size)
  }
  const fromPieces = async (
    recordId: Uint8Array,
    start: number,
    end: number,
  ): Promise<Result<Uint8Array>> => {
    const parts: Uint8Array[] = []
    for (let at = start; at < end; ) {
      const piece = Math.floor(at / PIECE_BYTES_MAX)
      const value = await present(vault, pieceName(recordId, piece))
      if (!value.ok) return value
      const from = at - piece * PIECE_BYTES_MAX
      const part = value.value.subarray(from, Math.min(value.value.length, from + end - at))
      if (part.length === 0) return refuseCustody('vault.missing', 'a piece is too short')
      parts.push(part)
      at += part.length
    }
    return ok(concatBytes(...parts))
  }
  return {
    envelope: (recordId) => present(vault, { kind: 'envelope', key: recordId }),
    forget: (batchId) => void manifests.delete(hexFromBytes(batchId)),
    releaseKey: (recordId) => present(vault, { kind: 'release', key: recordId }),
    sizeBytes,
    async ciphertext(recordId, offset, length) {
      const size = await sizeBytes(recordId)
      if (!size.ok) return size
      const end = Math.min(size.value, offset + length)
      if (isInPieces(size.value)) return fromPieces(recordId, offset, end)
      const value = await present(vault, { kind: 'ciphertext', key: recordId })
      return value.ok ? ok(value.value.subarray(offset, end)) : value
    },
  }
}
