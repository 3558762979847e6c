import { blob, bytes, concatBytes, decode, encode, ok, type Result, struct } from '../encoding/index.ts'
import { KEY_BYTES } from './cipher-port.ts'
import { refuseSealing } from './codes.ts'
import { openWith, sealTo } from './hpke.ts'
import { recordIdFromBatch } from './record-id.ts'
import { encodeSubjectInfo } from './sealing-info.ts'

const LABEL = 'medchain/release/1'
const NO_AAD = new Uint8Array(0)
export const BATCH_RECORDS_MAX = 1000

/** An institution that keeps release keys. */
export interface ReleaseHolder {
  /** Account id, 32 bytes. */
  readonly institution: Uint8Array
  /** X25519 public key, 32 bytes. */
  readonly sealingKey: Uint8Array
}

interface ReleaseSet {
  readonly batchId: Uint8Array
  readonly enc: Uint8Array
  readonly sealed: Uint8Array
}

const releaseSetSchema = struct<ReleaseSet>({
  batchId: bytes(16),
  enc: bytes(32),
  sealed: blob(BATCH_RECORDS_MAX * KEY_BYTES + 16),
})

const infoOf = (networkId: Uint8Array, batchId: Uint8Array, institution: Uint8Array): Uint8Array =>
  encodeSubjectInfo({ label: LABEL, networkId, subject: batchId, recipient: institution })

/** All k2 of a batch, in its order, under one encapsulation to one holder; undefined for an unusable key. */
export const sealReleaseSet = async (
  networkId: Uint8Array,
  batchId: Uint8Array,
  holder: ReleaseHolder,
  releaseKeys: readonly Uint8Array[],
): Promise<Uint8Array | undefined> => {
  const info = infoOf(networkId, batchId, holder.institution)
  const sealed = await sealTo(holder.sealingKey, info, NO_AAD, concatBytes(...releaseKeys))
  return sealed && encode(releaseSetSchema, { batchId, enc: sealed.enc, sealed: sealed.ciphertext })
}

/** Each record's k2, for the holder; `release.damaged` when it was sealed for another holder, network or batch. */
export const openReleaseSet = async (params: {
  readonly networkId: Uint8Array
  readonly institution: Uint8Array
  readonly sealingSecret: Uint8Array
  readonly sealed: Uint8Array
}): Promise<Result<readonly { readonly recordId: Uint8Array; readonly k2: Uint8Array }[]>> => {
  const set = decode(releaseSetSchema, params.sealed)
  if (!set.ok) return refuseSealing('release.damaged', set.message)
  const { batchId, enc, sealed } = set.value
  const info = infoOf(params.networkId, batchId, params.institution)
  const keys = await openWith(params.sealingSecret, enc, info, NO_AAD, sealed)
  if (keys === undefined || keys.length % KEY_BYTES !== 0) return refuseSealing('release.damaged')
  return ok(
    Array.from({ length: keys.length / KEY_BYTES }, (_, index) => ({
      recordId: recordIdFromBatch(batchId, index),
      k2: keys.slice(index * KEY_BYTES, (index + 1) * KEY_BYTES),
    })),
  )
}
