import { bytes, list, type Schema, struct } from '../encoding/index.ts'
import { BATCH_RECORDS_MAX } from './release-set.ts'

/** The envelope half of one record's custody. */
export interface RecordKey {
  /** 18 bytes. */
  readonly recordId: Uint8Array
  /** 32 bytes. */
  readonly k1: Uint8Array
}

export const recordKeyListSchema: Schema<readonly RecordKey[]> = list(
  struct<RecordKey>({ recordId: bytes(18), k1: bytes(32) }),
  BATCH_RECORDS_MAX,
)
