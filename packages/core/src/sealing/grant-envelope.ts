import { COMPARTMENTS, type Compartment } from '../access/compartments.ts'
import {
  blob,
  bytes,
  decode,
  encode,
  equalBytes,
  list,
  ok,
  type Result,
  struct,
  uint,
  variant,
  word,
} from '../encoding/index.ts'
import type { CipherPort } from './cipher-port.ts'
import { refuseSealing } from './codes.ts'
import { openWith, sealTo } from './hpke.ts'
import { type RecordKey, recordKeyListSchema } from './record-key-list.ts'
import { encodeSubjectInfo } from './sealing-info.ts'

const LABEL = 'medchain/grant/1'
/** Epochs that a chart may have: as many secrets fit one envelope. */
export const EPOCHS_MAX = 4096
const GRANT_BYTES_MAX = 192 * 1024
const NO_AAD = new Uint8Array(0)

/** The secret of one epoch of a chart. */
export interface EpochSecret {
  readonly epoch: number
  /** X25519 secret, 32 bytes. */
  readonly secret: Uint8Array
}

/** What a grant's envelope carries: a compartment's epoch secrets, or the keys of listed records. */
export type GrantKeys =
  /** The one of the place's epoch. */
  | { readonly type: 'epoch'; readonly epochSecret: Uint8Array }
  /** All that the grant covers, oldest first. */
  | { readonly type: 'epochs'; readonly secrets: readonly EpochSecret[] }
  | { readonly type: 'records'; readonly keys: readonly RecordKey[] }

/** What a grant's keys are for. The id also stands outside, so that a grantee finds the right envelope. */
export interface GrantPlace {
  /** 32 bytes. */
  readonly grantId: Uint8Array
  /** Chart id, 32 bytes. */
  readonly chart: Uint8Array
  readonly epoch: number
  /** The patient's id, 32 bytes: the chain does not say whose chart it is, nor for what. */
  readonly person: Uint8Array
  readonly compartment: Compartment
}

interface GrantEnvelope {
  readonly grantId: Uint8Array
  readonly enc: Uint8Array
  readonly sealed: Uint8Array
}

type GrantContent = Omit<GrantPlace, 'grantId'> & { readonly keys: GrantKeys }

const grantEnvelopeSchema = struct<GrantEnvelope>({
  grantId: bytes(32),
  enc: bytes(32),
  sealed: blob(GRANT_BYTES_MAX),
})

export const epochSecretSchema = struct<EpochSecret>({ epoch: uint(), secret: bytes(32) })

const grantContentSchema = struct<GrantContent>({
  chart: bytes(32),
  epoch: uint(),
  person: bytes(32),
  compartment: word(COMPARTMENTS),
  keys: variant<GrantKeys>({
    epoch: struct({ epochSecret: bytes(32) }),
    epochs: struct({ secrets: list(epochSecretSchema, EPOCHS_MAX) }),
    records: struct({ keys: recordKeyListSchema }),
  }),
})

/** Whom the envelope is for. */
export interface GrantContext {
  readonly networkId: Uint8Array
  /** Account id of the grantee (an institution's or a person's), 32 bytes. */
  readonly grantee: Uint8Array
}

const infoOf = ({ networkId, grantee }: GrantContext, grantId: Uint8Array): Uint8Array =>
  encodeSubjectInfo({ label: LABEL, networkId, subject: grantId, recipient: grantee })

/** Seals a grant's keys to the grantee's sealing key; all but the id travels inside. */
export const sealGrant = async (
  sealingKey: Uint8Array,
  context: GrantContext,
  grant: GrantPlace & { readonly keys: GrantKeys },
): Promise<Result<Uint8Array>> => {
  const { grantId, ...content } = grant
  const plain = encode(grantContentSchema, content)
  const sealed = await sealTo(sealingKey, infoOf(context, grantId), NO_AAD, plain)
  return sealed === undefined
    ? refuseSealing('record.public-key', 'sealing key of the grantee')
    : ok(encode(grantEnvelopeSchema, { grantId, enc: sealed.enc, sealed: sealed.ciphertext }))
}

/** The grant that an envelope is for, readable by anyone; `grant.envelope-damaged` otherwise. */
export const grantIdOfEnvelope = (envelope: Uint8Array): Result<Uint8Array> => {
  const decoded = decode(grantEnvelopeSchema, envelope)
  return decoded.ok ? ok(decoded.value.grantId) : refuseSealing('grant.envelope-damaged', decoded.message)
}

/** Opens an envelope; `grant.wrong-recipient` for another key, grantee, grant or network than it was sealed for. */
export const openGrant = async (
  sealingSecret: Uint8Array,
  context: GrantContext,
  envelope: Uint8Array,
): Promise<Result<GrantPlace & { readonly keys: GrantKeys }>> => {
  const decoded = decode(grantEnvelopeSchema, envelope)
  if (!decoded.ok) return refuseSealing('grant.envelope-damaged', decoded.message)
  const { grantId, enc, sealed } = decoded.value
  const plain = await openWith(sealingSecret, enc, infoOf(context, grantId), NO_AAD, sealed)
  if (plain === undefined) return refuseSealing('grant.wrong-recipient')
  const content = decode(grantContentSchema, plain)
  return content.ok
    ? ok({ grantId, ...content.value })
    : refuseSealing('grant.envelope-damaged', content.message)
}

/** Whether a received epoch secret is the one of the epoch's public key on the chain: `grant.key-mismatch` if not. */
export const verifyEpochSecret = (
  epochSecret: Uint8Array,
  epochPublicKey: Uint8Array,
  port: CipherPort,
): Result<void> =>
  equalBytes(port.x25519Public(epochSecret), epochPublicKey)
    ? ok(undefined)
    : refuseSealing('grant.key-mismatch')

/** The secrets of epochs that a grant handed over; none for listed records. */
export const epochSecretsOf = ({
  epoch,
  keys,
}: Pick<GrantPlace, 'epoch'> & { readonly keys: GrantKeys }): readonly EpochSecret[] => {
  if (keys.type === 'epochs') return keys.secrets
  return keys.type === 'epoch' ? [{ epoch, secret: keys.epochSecret }] : []
}
