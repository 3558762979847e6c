import { concatBytes, ok, type Result } from '../encoding/index.ts'
import {
  type BatchTarget,
  checkDescription,
  createBatchWriter,
  type RecordDescription,
  type SealedRecord,
  type SealedRelease,
} from './batch-writer.ts'
import type { CipherPort } from './cipher-port.ts'
import { refuseSealing } from './codes.ts'
import { recordIdFromBatch } from './record-id.ts'
import { disputeK1 } from './record-keys.ts'
import { createRecordSealer } from './record-stream.ts'
import { BATCH_RECORDS_MAX } from './release-set.ts'

/** One record to seal: its exact bytes and what its header says. */
export interface RecordToSeal extends RecordDescription {
  readonly bytes: Uint8Array
  /** k1 of the record that this one disputes. */
  readonly disputedK1?: Uint8Array | undefined
}

export interface SealedItem extends SealedRecord {
  readonly ciphertext: Uint8Array
}

export interface SealedBatch {
  readonly batchId: Uint8Array
  /** In the order of the records given. */
  readonly items: readonly SealedItem[]
  readonly releases: readonly SealedRelease[]
}

/**
 * Seals up to 1,000 records for one chart and epoch, held in memory. Refuses with `record.batch-size`,
 * `record.header-field` (names field and position) or `record.public-key` (names whose).
 */
export const sealBatch = async (
  request: BatchTarget & { readonly records: readonly RecordToSeal[] },
  port: CipherPort,
): Promise<Result<SealedBatch>> => {
  const { records, networkId } = request
  if (records.length < 1 || records.length > BATCH_RECORDS_MAX) return refuseSealing('record.batch-size')
  for (const [index, record] of records.entries()) {
    const checked = checkDescription(record, index)
    if (!checked.ok) return checked
  }
  const created = await createBatchWriter(request, port)
  if (!created.ok) return created
  const { batchId, drawSecrets, writeEnvelope, sealReleases } = created.value

  const releaseKeys: Uint8Array[] = []
  const items = records.map((record, index): SealedItem => {
    const place = { networkId, recordId: recordIdFromBatch(batchId, index) }
    const drawn = drawSecrets()
    const { disputedK1 } = record
    const secrets = disputedK1 ? { ...drawn, k1: disputeK1(disputedK1, place, port) } : drawn
    releaseKeys.push(secrets.k2)
    const sealer = createRecordSealer(place, secrets, record.mediaType, port)
    const head = sealer.push(record.bytes)
    const content = sealer.finish()
    const sealed = writeEnvelope(index, secrets, record, content)
    return { ...sealed, ciphertext: concatBytes(head, content.tail) }
  })
  const releases = await sealReleases(releaseKeys)
  return releases.ok ? ok({ batchId, items, releases: releases.value }) : releases
}
