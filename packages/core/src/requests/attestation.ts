import { type SignatureVerifier, taggedMessage } from '../crypto/index.ts'
import {
  blob,
  bytes,
  decode,
  encode,
  equalBytes,
  exactly,
  optional,
  struct,
  text,
  uint,
  word,
} from '../encoding/index.ts'
import { PERSON_ROLES, type PersonRole } from '../identity/roles.ts'

export interface Licence {
  readonly number: string
  /** Who gave it, e.g. a medical board. */
  readonly authority: string | undefined
  /** Wall clock in ms at which it ends. */
  readonly untilMs: number | undefined
}

/** What an institution says about a person that it enrols. It stands in its directory and never on the chain. */
export interface Attestation {
  readonly version: number
  readonly networkId: Uint8Array
  readonly institution: Uint8Array
  readonly account: Uint8Array
  readonly name: string
  readonly role: PersonRole
  readonly licence: Licence | undefined
  /** Wall clock of the institution in ms. */
  readonly issuedMs: number
}

export const attestationSchema = struct<Attestation>({
  version: exactly(1),
  networkId: bytes(32),
  institution: bytes(32),
  account: bytes(32),
  name: text(256),
  role: word(PERSON_ROLES),
  licence: optional(
    struct<Licence>({ number: text(128), authority: optional(text(256)), untilMs: optional(uint()) }),
  ),
  issuedMs: uint(),
})

export interface SignedAttestation {
  /** Encoded Attestation. */
  readonly attestation: Uint8Array
  /** Of the institution. */
  readonly signature: Uint8Array
}

export const signedAttestationSchema = struct<SignedAttestation>({
  attestation: blob(4096),
  signature: bytes(64),
})

export const attestationMessage = (attestation: Uint8Array): Uint8Array =>
  taggedMessage('medchain/attestation/1', attestation)

/** Of whom an attestation is to be, and by whose key. */
export interface AttestationPlace {
  readonly networkId: Uint8Array
  readonly institution: Uint8Array
  readonly account: Uint8Array
  /** Signing key of the institution as committed state has it. */
  readonly institutionKey: Uint8Array
}

/** The attestation, if that institution signed it for that account; undefined for anything else (I1). */
export const openAttestation = (
  { attestation, signature }: SignedAttestation,
  { networkId, institution, account, institutionKey }: AttestationPlace,
  verifier: SignatureVerifier,
): Attestation | undefined => {
  const decoded = decode(attestationSchema, attestation)
  if (!decoded.ok) return undefined
  const { value } = decoded
  const isOfThem =
    equalBytes(value.networkId, networkId) &&
    equalBytes(value.institution, institution) &&
    equalBytes(value.account, account)
  return isOfThem && verifier.verify(institutionKey, attestationMessage(attestation), signature)
    ? value
    : undefined
}

export const signAttestation = (
  attestation: Attestation,
  sign: (message: Uint8Array) => Uint8Array,
): SignedAttestation => {
  const encoded = encode(attestationSchema, attestation)
  return { attestation: encoded, signature: sign(attestationMessage(encoded)) }
}
