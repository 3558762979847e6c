import { bytesFromUint, concatBytes } from '../encoding/index.ts'
import { type CipherPort, KEY_BYTES, NONCE_BYTES } from './cipher-port.ts'
import { openWith, sealTo } from './hpke.ts'
import { indexFromRecordId } from './record-id.ts'
import { type BatchInfo, encodeBatchInfo } from './sealing-info.ts'

const ENC_BYTES = 32
const NO_AAD = new Uint8Array(0)

/** Who a batch key is sealed to. */
export type BatchReader = 'chart' | 'author'

export const batchLabel = (reader: BatchReader): string => `medchain/batch-key/${reader}/1`

/** One key per batch and reader, under which each record's k1 is wrapped as an object of its own. */
export interface SealedBatchKey {
  readonly batchKey: Uint8Array
  /** Encapsulated key ‖ ciphertext, 80 bytes. */
  readonly sealed: Uint8Array
}

/** A fresh batch key sealed to `publicKey`; undefined when that is no usable X25519 key. */
export const createBatchKey = async (
  publicKey: Uint8Array,
  info: BatchInfo,
  port: CipherPort,
): Promise<SealedBatchKey | undefined> => {
  const batchKey = port.randomBytes(KEY_BYTES)
  const sealed = await sealTo(publicKey, encodeBatchInfo(info), NO_AAD, batchKey)
  return sealed && { batchKey, sealed: concatBytes(sealed.enc, sealed.ciphertext) }
}

export const openBatchKey = (
  secretKey: Uint8Array,
  sealed: Uint8Array,
  info: BatchInfo,
): Promise<Uint8Array | undefined> =>
  openWith(
    secretKey,
    sealed.subarray(0, ENC_BYTES),
    encodeBatchInfo(info),
    NO_AAD,
    sealed.subarray(ENC_BYTES),
  )

// A batch key wraps one k1 per position, so the position is the nonce.
const wrapNonce = (recordId: Uint8Array): Uint8Array =>
  bytesFromUint(indexFromRecordId(recordId), NONCE_BYTES)

/** k1 under the batch key, bound to its record: 48 bytes. */
export const wrapK1 = (
  batchKey: Uint8Array,
  recordId: Uint8Array,
  k1: Uint8Array,
  port: CipherPort,
): Uint8Array => port.aesGcmSeal(batchKey, wrapNonce(recordId), recordId, k1)

export const unwrapK1 = (
  batchKey: Uint8Array,
  recordId: Uint8Array,
  wrapped: Uint8Array,
  port: CipherPort,
): Uint8Array | undefined => port.aesGcmOpen(batchKey, wrapNonce(recordId), recordId, wrapped)
