import { taggedMessage } from '../crypto/hash.ts'
import type { SignatureVerifier } from '../crypto/signature.ts'
import {
  blob,
  bytes,
  decode,
  encode,
  equalBytes,
  exactly,
  list,
  ok,
  type Result,
  refuse,
  struct,
  uint,
} from '../encoding/index.ts'
import { accountIdFromInception, type Inception, inceptionSchema } from '../identity/account-id.ts'

/** A person who is not on the chain takes new keys; the id stays the hash of the first ones. */
export interface PersonRotation {
  readonly version: number
  readonly networkId: Uint8Array
  readonly person: Uint8Array
  /** Counts from 1. */
  readonly sequence: number
  /** Keys that are in force from now on, with the salt of their words. */
  readonly next: Inception
}

const rotationSchema = struct<PersonRotation>({
  version: exactly(1),
  networkId: bytes(32),
  person: bytes(32),
  sequence: uint(),
  next: inceptionSchema,
})

export interface SignedRotation {
  /** Encoded PersonRotation. */
  readonly rotation: Uint8Array
  /** By the next signing key: its holder takes part. */
  readonly possession: Uint8Array
  /** By the signing key before it, which permits it. */
  readonly signature: Uint8Array
}

/** All rotations of a person, oldest first, with the keys that they begin with. */
export interface PersonHistory {
  readonly inception: Inception
  readonly rotations: readonly SignedRotation[]
}

export const personHistorySchema = struct<PersonHistory>({
  inception: inceptionSchema,
  rotations: list(
    struct<SignedRotation>({
      rotation: blob(512),
      possession: bytes(64),
      signature: bytes(64),
    }),
    64,
  ),
})

/** What both keys sign. */
export const personRotationMessage = (rotation: Uint8Array): Uint8Array =>
  taggedMessage('medchain/person-rotation/1', rotation)

type Signer = (message: Uint8Array) => Uint8Array

/** A rotation that the present key permits. */
export const signRotation = (
  rotation: Omit<PersonRotation, 'version'>,
  present: Signer,
  next: Signer,
): SignedRotation => {
  const encoded = encode(rotationSchema, { version: 1, ...rotation })
  const message = personRotationMessage(encoded)
  return { rotation: encoded, possession: next(message), signature: present(message) }
}

export interface RotationCheck {
  readonly networkId: Uint8Array
  readonly verifier: SignatureVerifier
}

const FALSE = refuse('identity.rotation', 'The rotation was not signed by the keys before and after it.')

/** Keys of a person one after another, the present ones last. */
export type KeySuccession = readonly Inception[]

const validateOne = (
  signed: SignedRotation,
  person: Uint8Array,
  former: KeySuccession,
  check: RotationCheck,
): Result<Inception> => {
  const decoded = decode(rotationSchema, signed.rotation)
  if (!decoded.ok) return decoded
  const { networkId, sequence, next } = decoded.value
  const present = former.at(-1) as Inception
  const isPlaced =
    equalBytes(networkId, check.networkId) &&
    equalBytes(decoded.value.person, person) &&
    sequence === former.length
  const isNew = former.every((keys) => !equalBytes(keys.signingKey, next.signingKey))
  const message = personRotationMessage(signed.rotation)
  const isPermitted = check.verifier.verify(present.signingKey, message, signed.signature)
  const isProven = check.verifier.verify(next.signingKey, message, signed.possession)
  return isPlaced && isNew && isPermitted && isProven ? ok(next) : FALSE
}

/** The keys that a history names, which was checked before. */
export const successionOf = ({ inception, rotations }: PersonHistory): KeySuccession => [
  inception,
  ...rotations.flatMap(({ rotation }) => {
    const decoded = decode(rotationSchema, rotation)
    return decoded.ok ? [decoded.value.next] : []
  }),
]

/** The keys of a person, first to present; `identity.rotation` when a rotation does not follow from the one before. */
export const validateHistory = (
  { inception, rotations }: PersonHistory,
  check: RotationCheck,
): Result<KeySuccession> => {
  const person = accountIdFromInception(inception)
  const keys = [inception]
  for (const signed of rotations) {
    const next = validateOne(signed, person, keys, check)
    if (!next.ok) return next
    keys.push(next.value)
  }
  return ok(keys)
}
