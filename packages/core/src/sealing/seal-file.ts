import { ok, type Result } from '../encoding/index.ts'
import {
  type BatchTarget,
  checkDescription,
  createBatchWriter,
  type RecordDescription,
  type RecordSecrets,
  type SealedRecord,
  type SealedRelease,
} from './batch-writer.ts'
import type { CipherPort } from './cipher-port.ts'
import { recordIdFromBatch } from './record-id.ts'
import { createRecordSealer } from './record-stream.ts'

export interface SealedFile {
  /** The last piece of ciphertext. */
  readonly tail: Uint8Array
  readonly item: SealedRecord
  readonly releases: readonly SealedRelease[]
}

/** Seals one large file piece by piece; a batch of its own with one record. */
export interface FileSealer {
  readonly batchId: Uint8Array
  readonly recordId: Uint8Array
  /** What sealing the same file the same way again needs; as secret as the file. */
  readonly secrets: RecordSecrets
  /** Ciphertext that is ready so far. */
  readonly push: (plain: Uint8Array) => Uint8Array
  readonly finish: () => Promise<Result<SealedFile>>
}

/**
 * Refusals as of `sealBatch`; memory stays at a few chunks of 64 KiB whatever the file's size. `known` secrets, those
 * of an interrupted sealing of this very content into this very batch, give the same ciphertext again.
 */
export const createFileSealer = async (
  target: BatchTarget,
  description: RecordDescription,
  port: CipherPort,
  known?: RecordSecrets,
): Promise<Result<FileSealer>> => {
  const checked = checkDescription(description, 0)
  if (!checked.ok) return checked
  const created = await createBatchWriter(target, port)
  if (!created.ok) return created
  const { batchId, drawSecrets, writeEnvelope, sealReleases } = created.value
  const secrets = known ?? drawSecrets()
  const recordId = recordIdFromBatch(batchId, 0)
  const sealer = createRecordSealer(
    { networkId: target.networkId, recordId },
    secrets,
    description.mediaType,
    port,
  )
  return ok({
    batchId,
    recordId,
    secrets,
    push: sealer.push,
    async finish() {
      const content = sealer.finish()
      const item = writeEnvelope(0, secrets, description, content)
      const releases = await sealReleases([secrets.k2])
      return releases.ok ? ok({ tail: content.tail, item, releases: releases.value }) : releases
    },
  })
}
