import { assertInvariant, bytesFromUint, concatBytes, uintFromBytes } from '../encoding/index.ts'

export const BATCH_ID_BYTES = 16
export const RECORD_ID_BYTES = 18

/** batchId (16 bytes) ‖ position in the batch (u16, big-endian). */
export const recordIdFromBatch = (batchId: Uint8Array, index: number): Uint8Array => {
  assertInvariant(batchId.length === BATCH_ID_BYTES && index >= 0 && index < 65_536, 'record id out of range')
  return concatBytes(batchId, bytesFromUint(index, 2))
}

export const batchIdFromRecordId = (recordId: Uint8Array): Uint8Array => recordId.subarray(0, BATCH_ID_BYTES)

export const indexFromRecordId = (recordId: Uint8Array): number =>
  uintFromBytes(recordId.subarray(BATCH_ID_BYTES))
