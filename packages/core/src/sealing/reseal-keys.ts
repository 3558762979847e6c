import { blob, bytes, decode, encode, ok, type Result, struct } from '../encoding/index.ts'
import { refuseSealing } from './codes.ts'
import { type HpkeSealed, openWith, sealTo } from './hpke.ts'
import { type RecordKey, recordKeyListSchema } from './record-key-list.ts'
import { encodeSubjectInfo } from './sealing-info.ts'

const LABEL = 'medchain/reseal/1'
const NO_AAD = new Uint8Array(0)

const resealedSchema = struct<HpkeSealed>({ enc: bytes(32), ciphertext: blob(128 * 1024) })

/** Which disclosure the keys are handed on for, and to whom. */
export interface ResealContext {
  readonly networkId: Uint8Array
  /** Hash of the signed statement, 32 bytes. */
  readonly statementHash: Uint8Array
  /** Account id of the staff member, 32 bytes. */
  readonly recipient: Uint8Array
}

const infoOf = ({ networkId, statementHash, recipient }: ResealContext): Uint8Array =>
  encodeSubjectInfo({ label: LABEL, networkId, subject: statementHash, recipient })

/** Single k1 (at most 1,000) resealed by an institution's key agent to one of its staff: one encapsulation. */
export const resealKeys = async (
  sealingKey: Uint8Array,
  context: ResealContext,
  keys: readonly RecordKey[],
): Promise<Result<Uint8Array>> => {
  const sealed = await sealTo(sealingKey, infoOf(context), NO_AAD, encode(recordKeyListSchema, keys))
  return sealed === undefined
    ? refuseSealing('record.public-key', 'sealing key of the staff member')
    : ok(encode(resealedSchema, sealed))
}

/** The keys, or `record.key-mismatch` when they were resealed for someone or something else. */
export const openResealedKeys = async (
  sealingSecret: Uint8Array,
  context: ResealContext,
  sealed: Uint8Array,
): Promise<Result<readonly RecordKey[]>> => {
  const resealed = decode(resealedSchema, sealed)
  if (!resealed.ok) return refuseSealing('record.key-mismatch', resealed.message)
  const { enc, ciphertext } = resealed.value
  const content = await openWith(sealingSecret, enc, infoOf(context), NO_AAD, ciphertext)
  const keys = content && decode(recordKeyListSchema, content)
  return keys?.ok ? ok(keys.value) : refuseSealing('record.key-mismatch', 'resealed keys')
}
