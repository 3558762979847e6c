import { blob, bytes, encode, struct, text, uint } from '../encoding/index.ts'

/** What an encapsulation of a batch key is bound to. */
export interface BatchInfo {
  readonly label: string
  /** 32 bytes. */
  readonly networkId: Uint8Array
  /** Chart id, 32 bytes. */
  readonly chart: Uint8Array
  readonly epoch: number
  /** 16 bytes. */
  readonly batchId: Uint8Array
  /** Account id of whoever opens it, 32 bytes. */
  readonly recipient: Uint8Array
}

const batchInfoSchema = struct<BatchInfo>({
  label: text(64),
  networkId: bytes(32),
  chart: bytes(32),
  epoch: uint(),
  batchId: bytes(16),
  recipient: bytes(32),
})

/** HPKE `info` of a batch key: canonical [label, networkId, chart, epoch, batchId, recipient]. */
export const encodeBatchInfo = (info: BatchInfo): Uint8Array => encode(batchInfoSchema, info)

/** What any other encapsulation is bound to: one subject (a batch, grant or statement) and one recipient. */
export interface SubjectInfo {
  readonly label: string
  readonly networkId: Uint8Array
  readonly subject: Uint8Array
  readonly recipient: Uint8Array
}

const subjectInfoSchema = struct<SubjectInfo>({
  label: text(64),
  networkId: bytes(32),
  subject: blob(64),
  recipient: blob(32),
})

/** HPKE `info` of everything but batch keys: canonical [label, networkId, subject, recipient]. */
export const encodeSubjectInfo = (info: SubjectInfo): Uint8Array => encode(subjectInfoSchema, info)
