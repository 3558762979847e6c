import type { SignatureVerifier } from '../crypto/index.ts'
import { taggedMessage } from '../crypto/index.ts'
import {
  blob,
  bytes,
  bytesFromUint,
  decode,
  encode,
  ok,
  type Result,
  type Schema,
  struct,
  uint,
} from '../encoding/index.ts'
import { type Inception, inceptionSchema } from '../identity/index.ts'
import { refuseSealing } from './codes.ts'
import { type HpkeSealed, openWith, sealTo } from './hpke.ts'
import { encodeSubjectInfo } from './sealing-info.ts'

const NO_AAD = new Uint8Array(0)

/** What an envelope is for and to whom: each is bound to its network, its recovery and its recipient. */
export interface RecoveryPlace {
  readonly networkId: Uint8Array
  readonly recoveryId: Uint8Array
  /** X25519 key that it is sealed to. */
  readonly recipient: Uint8Array
}

/** A share as it travels: to its keeper, and later to the ticket. */
export interface CarriedShare {
  /** Place among the guardians or the custodians, from 0. */
  readonly position: number
  readonly share: Uint8Array
}

/** What a guardian keeps: its share, and what shows the chain that the recovery names it. */
export interface EntrustedShare extends CarriedShare {
  readonly salt: Uint8Array
  /** Whose recovery it is: the person's id, which the chain does not know. */
  readonly person: Uint8Array
}

/** What a person needs to go on: the secrets of the present words, the first keys, and the keyring. */
export interface RecoveryContent {
  readonly inception: Inception
  readonly signingSeed: Uint8Array
  readonly sealingSecret: Uint8Array
  readonly salt: Uint8Array
  /** Encoded keyring. */
  readonly keyring: Uint8Array
}

const carriedFields = { position: uint(255), share: bytes(33) }

/** A kind of envelope of a recovery: what is inside, and the label that keeps it from being taken for another. */
interface EnvelopeKind<T> {
  readonly label: string
  readonly schema: Schema<T>
  readonly sizeBytesMax: number
}

const envelopeKind = <T>(label: string, schema: Schema<T>, sizeBytesMax: number): EnvelopeKind<T> => ({
  label,
  schema,
  sizeBytesMax,
})

export const CUSTODIANS_SHARE = envelopeKind(
  'medchain/recovery-custodian/1',
  struct<CarriedShare>(carriedFields),
  1024,
)

export const GUARDIANS_SHARE = envelopeKind(
  'medchain/recovery-entrusted/1',
  struct<EntrustedShare>({ ...carriedFields, salt: bytes(32), person: bytes(32) }),
  1024,
)

/** A share on its way to whoever holds the ticket. */
export const TICKETS_SHARE = envelopeKind(
  'medchain/recovery-ticket/1',
  struct<CarriedShare>(carriedFields),
  1024,
)

export const RECOVERY_CONTENT_BYTES_MAX = 1 << 20

const RECOVERY_CONTENT = envelopeKind(
  'medchain/recovery-content/1',
  struct<RecoveryContent>({
    inception: inceptionSchema,
    signingSeed: bytes(32),
    sealingSecret: bytes(32),
    salt: bytes(32),
    keyring: blob(RECOVERY_CONTENT_BYTES_MAX),
  }),
  RECOVERY_CONTENT_BYTES_MAX,
)

const sealedSchema = (sizeBytesMax: number): Schema<HpkeSealed> =>
  struct<HpkeSealed>({ enc: bytes(32), ciphertext: blob(sizeBytesMax + 1024) })

const infoOf = (label: string, { networkId, recoveryId, recipient }: RecoveryPlace): Uint8Array =>
  encodeSubjectInfo({ label, networkId, subject: recoveryId, recipient })

/** Seals one to the recipient's key; `record.public-key` when that is none. */
export const sealForRecovery = async <T>(
  { label, schema, sizeBytesMax }: EnvelopeKind<T>,
  place: RecoveryPlace,
  content: T,
): Promise<Result<Uint8Array>> => {
  const sealed = await sealTo(place.recipient, infoOf(label, place), NO_AAD, encode(schema, content))
  return sealed
    ? ok(encode(sealedSchema(sizeBytesMax), sealed))
    : refuseSealing('record.public-key', 'of a recovery')
}

/** What was sealed, or `recover.envelope` when it is of another kind, place or key, or damaged. */
export const openForRecovery = async <T>(
  { label, schema, sizeBytesMax }: EnvelopeKind<T>,
  place: RecoveryPlace,
  secretKey: Uint8Array,
  sealed: Uint8Array,
): Promise<Result<T>> => {
  const outer = decode(sealedSchema(sizeBytesMax), sealed, sizeBytesMax + 2048)
  if (!outer.ok) return refuseSealing('recover.envelope')
  const { enc, ciphertext } = outer.value
  const plain = await openWith(secretKey, enc, infoOf(label, place), NO_AAD, ciphertext)
  const content = plain && decode(schema, plain, sizeBytesMax)
  return content?.ok ? content : refuseSealing('recover.envelope')
}

interface SignedContent {
  /** Version of the keyring inside; the highest is the newest. */
  readonly counter: number
  readonly sealed: Uint8Array
  readonly signature: Uint8Array
}

const signedContentSchema = struct<SignedContent>({
  counter: uint(),
  sealed: blob(RECOVERY_CONTENT_BYTES_MAX + 2048),
  signature: bytes(64),
})

const contentMessage = (
  { networkId, recoveryId }: RecoveryPlace,
  { counter, sealed }: Omit<SignedContent, 'signature'>,
): Uint8Array =>
  taggedMessage('medchain/recovery-content/1', networkId, recoveryId, bytesFromUint(counter, 8), sealed)

/**
 * Seals what a person needs to go on, signed by the recovery's own key: anybody can seal to a public key, and a custodian
 * must not put secrets of its own in the place of the person's.
 */
export const sealRecoveryContent = async (
  place: RecoveryPlace,
  content: RecoveryContent,
  counter: number,
  sign: (message: Uint8Array) => Uint8Array,
): Promise<Result<Uint8Array>> => {
  const sealed = await sealForRecovery(RECOVERY_CONTENT, place, content)
  if (!sealed.ok) return sealed
  const signed = { counter, sealed: sealed.value }
  return ok(encode(signedContentSchema, { ...signed, signature: sign(contentMessage(place, signed)) }))
}

/** Version and sealed part of what the recovery's key signed; `recover.envelope` otherwise. */
export const verifyRecoveryContent = (
  place: RecoveryPlace,
  signingKey: Uint8Array,
  verifier: SignatureVerifier,
  encoded: Uint8Array,
): Result<{ readonly counter: number; readonly sealed: Uint8Array }> => {
  const signed = decode(signedContentSchema, encoded, RECOVERY_CONTENT_BYTES_MAX + 8192)
  const isSigned =
    signed.ok && verifier.verify(signingKey, contentMessage(place, signed.value), signed.value.signature)
  return isSigned ? ok(signed.value) : refuseSealing('recover.envelope')
}

/** Opens what `verifyRecoveryContent` let through. */
export const openRecoveryContent = (
  place: RecoveryPlace,
  secretKey: Uint8Array,
  sealed: Uint8Array,
): Promise<Result<RecoveryContent>> => openForRecovery(RECOVERY_CONTENT, place, secretKey, sealed)
