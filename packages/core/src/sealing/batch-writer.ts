import { ok, type Result } from '../encoding/index.ts'
import { type BatchReader, batchLabel, createBatchKey, wrapK1 } from './batch-key.ts'
import { type CipherPort, KEY_BYTES } from './cipher-port.ts'
import { refuseSealing } from './codes.ts'
import { encodeEnvelope, envelopeDigestOf } from './envelope.ts'
import { headerFieldTooLong, type RecordHeader, sealHeader } from './record-header.ts'
import { BATCH_ID_BYTES, recordIdFromBatch } from './record-id.ts'
import { headerKeyOf, releaseHeaderKey } from './record-keys.ts'
import type { SealedContent } from './record-stream.ts'
import { type ReleaseHolder, sealReleaseSet } from './release-set.ts'

/** Where a batch goes: one chart and epoch, one author institution, its release holders. */
export interface BatchTarget {
  readonly networkId: Uint8Array
  /** Chart id, 32 bytes. */
  readonly chart: Uint8Array
  readonly epoch: number
  /** X25519 public key of that epoch, from the chain. */
  readonly epochPublicKey: Uint8Array
  /** The institution that wrote the records, with its sealing key: it reads what it wrote. */
  readonly author: ReleaseHolder
  readonly releaseHolders: readonly ReleaseHolder[]
  /** 16 random bytes; made here when absent. */
  readonly batchId?: Uint8Array | undefined
}

/** What goes into the sealed header beside size and salt. */
export type RecordDescription = Omit<RecordHeader, 'sizeBytes' | 'salt'>

/** One record as the chain anchors it and as ciphertext holders keep it. */
export interface SealedRecord {
  readonly recordId: Uint8Array
  readonly commitment: Uint8Array
  readonly ciphertextDigest: Uint8Array
  readonly envelopeDigest: Uint8Array
  /** Encoded envelope. */
  readonly envelope: Uint8Array
}

/** The set of k2 for one release holder, sealed to it. */
export interface SealedRelease {
  readonly institution: Uint8Array
  readonly sealed: Uint8Array
}

export interface RecordSecrets {
  readonly k1: Uint8Array
  readonly k2: Uint8Array
  readonly salt: Uint8Array
}

/** What the records of one batch share while they are being sealed. */
export interface BatchWriter {
  readonly batchId: Uint8Array
  readonly drawSecrets: () => RecordSecrets
  readonly writeEnvelope: (
    index: number,
    secrets: RecordSecrets,
    description: RecordDescription,
    content: SealedContent,
  ) => SealedRecord
  /** `record.public-key` names the holder by its position. */
  readonly sealReleases: (releaseKeys: readonly Uint8Array[]) => Promise<Result<readonly SealedRelease[]>>
}

/** `record.header-field`, naming the field and the record's position, for texts that a header cannot hold. */
export const checkDescription = (description: RecordDescription, index: number): Result<void> => {
  const field = headerFieldTooLong(description)
  return field === undefined
    ? ok(undefined)
    : refuseSealing('record.header-field', `${field} of record ${index}`)
}

/** Draws the batch keys and seals them: two encapsulations. `record.public-key` names whose key is unusable. */
export const createBatchWriter = async (
  target: BatchTarget,
  port: CipherPort,
): Promise<Result<BatchWriter>> => {
  const { networkId, chart, epoch, author } = target
  const batchId = target.batchId ?? port.randomBytes(BATCH_ID_BYTES)
  const keyFor = (reader: BatchReader, publicKey: Uint8Array, recipient: Uint8Array) =>
    createBatchKey(
      publicKey,
      { label: batchLabel(reader), networkId, chart, epoch, batchId, recipient },
      port,
    )
  const forChart = await keyFor('chart', target.epochPublicKey, chart)
  if (forChart === undefined) return refuseSealing('record.public-key', 'epoch key of the chart')
  const forAuthor = await keyFor('author', author.sealingKey, author.institution)
  if (forAuthor === undefined)
    return refuseSealing('record.public-key', 'sealing key of the author institution')

  const writeEnvelope: BatchWriter['writeEnvelope'] = (index, { k1, k2, salt }, description, content) => {
    const recordId = recordIdFromBatch(batchId, index)
    const headerKey = headerKeyOf(k1, releaseHeaderKey(k2, port), { networkId, recordId }, port)
    const header = { ...description, sizeBytes: content.sizeBytes, salt }
    const envelope = encodeEnvelope({
      recordId,
      chart,
      epoch,
      chartEnc: forChart.sealed,
      wrappedK1: wrapK1(forChart.batchKey, recordId, k1, port),
      authorInstitution: author.institution,
      authorEnc: forAuthor.sealed,
      authorWrappedK1: wrapK1(forAuthor.batchKey, recordId, k1, port),
      sealedHeader: sealHeader(header, headerKey, port),
    })
    const { commitment, ciphertextDigest } = content
    return { recordId, commitment, ciphertextDigest, envelopeDigest: envelopeDigestOf(envelope), envelope }
  }

  const sealReleases: BatchWriter['sealReleases'] = async (releaseKeys) => {
    const releases: SealedRelease[] = []
    for (const [position, holder] of target.releaseHolders.entries()) {
      const sealed = await sealReleaseSet(networkId, batchId, holder, releaseKeys)
      if (sealed === undefined) return refuseSealing('record.public-key', `release holder ${position}`)
      releases.push({ institution: holder.institution, sealed })
    }
    return ok(releases)
  }

  const drawSecrets = (): RecordSecrets => ({
    k1: port.randomBytes(KEY_BYTES),
    k2: port.randomBytes(KEY_BYTES),
    salt: port.randomBytes(KEY_BYTES),
  })
  return ok({ batchId, drawSecrets, writeEnvelope, sealReleases })
}
