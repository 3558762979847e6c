import { hashTagged } from '../crypto/index.ts'
import { blob, bytes, bytesFromUint, decode, encode, ok, type Result, struct } from '../encoding/index.ts'
import { refuseSealing } from './codes.ts'
import { type HpkeSealed, openWith, sealTo } from './hpke.ts'
import { encodeSubjectInfo } from './sealing-info.ts'

const LABEL = 'medchain/emergency-share/1'
const NO_AAD = new Uint8Array(0)
const SHARE_BYTES_MAX = 64

const sealedSchema = struct<HpkeSealed>({ enc: bytes(32), ciphertext: blob(SHARE_BYTES_MAX + 16) })

/** Which custodian's share of which epoch secret. */
export interface SharePlace {
  readonly networkId: Uint8Array
  readonly chart: Uint8Array
  readonly epoch: number
  readonly setId: Uint8Array
  /** Account id of the institution. */
  readonly custodian: Uint8Array
}

const infoOf = ({ networkId, chart, epoch, setId, custodian }: SharePlace): Uint8Array => {
  const subject = hashTagged('medchain/emergency-share-place/1', chart, bytesFromUint(epoch, 4), setId)
  return encodeSubjectInfo({ label: LABEL, networkId, subject, recipient: custodian })
}

/** A share sealed to its custodian's sealing key; `record.public-key` for an unusable one. */
export const sealEmergencyShare = async (
  sealingKey: Uint8Array,
  place: SharePlace,
  share: Uint8Array,
): Promise<Result<Uint8Array>> => {
  const sealed = await sealTo(sealingKey, infoOf(place), NO_AAD, share)
  return sealed ? ok(encode(sealedSchema, sealed)) : refuseSealing('record.public-key', 'custodian')
}

/** The share, or `share.damaged` when it was sealed for another custodian, chart, epoch, set or network. */
export const openEmergencyShare = async (
  sealingSecret: Uint8Array,
  place: SharePlace,
  sealed: Uint8Array,
): Promise<Result<Uint8Array>> => {
  const decoded = decode(sealedSchema, sealed)
  if (!decoded.ok) return refuseSealing('share.damaged')
  const { enc, ciphertext } = decoded.value
  const share = await openWith(sealingSecret, enc, infoOf(place), NO_AAD, ciphertext)
  return share ? ok(share) : refuseSealing('share.damaged')
}
