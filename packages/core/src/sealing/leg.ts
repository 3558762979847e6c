import { blob, bytes, decode, encode, ok, type Result, struct } from '../encoding/index.ts'
import { refuseSealing } from './codes.ts'
import { type HpkeSealed, openWith, sealTo } from './hpke.ts'
import { encodeSubjectInfo } from './sealing-info.ts'

const LABEL = 'medchain/leg/1'
const NOTHING = new Uint8Array(0)
const LEG_BYTES_MAX = 64 * 1024 * 1024

const legSchema = struct<HpkeSealed>({ enc: bytes(32), ciphertext: blob(LEG_BYTES_MAX) })

// The statement's hash covers network, holder and response key, so it alone is bound in.
const infoOf = (statementHash: Uint8Array, networkId: Uint8Array): Uint8Array =>
  encodeSubjectInfo({ label: LABEL, networkId, subject: statementHash, recipient: NOTHING })

/** Which disclosure a leg answers. */
export interface LegContext {
  readonly networkId: Uint8Array
  /** Hash of the signed statement, 32 bytes. */
  readonly statementHash: Uint8Array
}

/** A holder's answer sealed to the statement's response key; `record.public-key` for an unusable one. */
export const sealLeg = async (
  responseKey: Uint8Array,
  context: LegContext,
  content: Uint8Array,
): Promise<Result<Uint8Array>> => {
  const sealed = await sealTo(responseKey, infoOf(context.statementHash, context.networkId), NOTHING, content)
  return sealed === undefined
    ? refuseSealing('record.public-key', 'response key')
    : ok(encode(legSchema, sealed))
}

/** The content, or `leg.damaged` when it answers another statement or was changed on the way. */
export const openLeg = async (
  responseSecret: Uint8Array,
  context: LegContext,
  sealed: Uint8Array,
): Promise<Result<Uint8Array>> => {
  const leg = decode(legSchema, sealed, LEG_BYTES_MAX + 64)
  if (!leg.ok) return refuseSealing('leg.damaged', leg.message)
  const { enc, ciphertext } = leg.value
  const content = await openWith(
    responseSecret,
    enc,
    infoOf(context.statementHash, context.networkId),
    NOTHING,
    ciphertext,
  )
  return content === undefined ? refuseSealing('leg.damaged') : ok(content)
}
