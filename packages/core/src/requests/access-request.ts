import { COMPARTMENTS, type Compartment } from '../access/compartments.ts'
import { GRANT_MODES, type GrantMode } from '../access/grant.ts'
import { PURPOSES, type Purpose } from '../access/purposes.ts'
import { hashTagged, type SignatureVerifier, taggedMessage } from '../crypto/index.ts'
import {
  blob,
  bytes,
  decode,
  encode,
  exactly,
  list,
  optional,
  type Result,
  struct,
  text,
  uint,
  word,
} from '../encoding/index.ts'
import { type SignedAttestation, signedAttestationSchema } from './attestation.ts'

export const ACCESS_REASON_CHARACTERS_MAX = 2000
export const ACCESS_RECORDS_MAX = 200
/** A request expires at most this long after it was made. */
export const ACCESS_REQUEST_AGE_MS_MAX = 90 * 86_400_000

/** What somebody asks a patient for; travels sealed to the patient's key (I5). */
export interface RequestForAccess {
  readonly version: number
  readonly networkId: Uint8Array
  /** 16 random bytes. */
  readonly requestId: Uint8Array
  /** The patient's id. */
  readonly subject: Uint8Array
  /** Account that asks. */
  readonly requester: Uint8Array
  readonly compartments: readonly Compartment[]
  /** Single records in place of compartments. */
  readonly recordIds: readonly Uint8Array[]
  readonly mode: GrantMode
  readonly purposes: readonly Purpose[]
  /** When the access asked for would end. */
  readonly untilMs: number
  readonly reason: string
  readonly createdMs: number
  readonly expiresMs: number
  /** Whoever answers shows that the request was opened: 32 random bytes. */
  readonly answerSecret: Uint8Array
  /** What the requester's institution says of the requester. */
  readonly attestation: SignedAttestation | undefined
}

const accessRequestSchema = struct<RequestForAccess>({
  version: exactly(1),
  networkId: bytes(32),
  requestId: bytes(16),
  subject: bytes(32),
  requester: bytes(32),
  compartments: list(word(COMPARTMENTS), COMPARTMENTS.length),
  recordIds: list(bytes(18), ACCESS_RECORDS_MAX),
  mode: word(GRANT_MODES),
  purposes: list(word(PURPOSES), PURPOSES.length),
  untilMs: uint(),
  reason: text(4 * ACCESS_REASON_CHARACTERS_MAX),
  createdMs: uint(),
  expiresMs: uint(),
  answerSecret: bytes(32),
  attestation: optional(signedAttestationSchema),
})

export interface SignedRequestForAccess {
  /** Encoded RequestForAccess. */
  readonly request: Uint8Array
  /** Of the requester. */
  readonly signature: Uint8Array
}

const signedSchema = struct<SignedRequestForAccess>({ request: blob(24 * 1024), signature: bytes(64) })

const messageOf = (request: Uint8Array): Uint8Array => taggedMessage('medchain/access-request/1', request)

/** The bytes that are sealed for the patient. */
export const signAccessRequest = (
  request: RequestForAccess,
  sign: (message: Uint8Array) => Uint8Array,
): Uint8Array => {
  const encoded = encode(accessRequestSchema, request)
  return encode(signedSchema, { request: encoded, signature: sign(messageOf(encoded)) })
}

export interface OpenedAccessRequest {
  readonly request: RequestForAccess
  /** Whether the key signed it. */
  readonly isSignedBy: (signingKey: Uint8Array, verifier: SignatureVerifier) => boolean
}

export const openAccessRequest = (content: Uint8Array): Result<OpenedAccessRequest> => {
  const signed = decode(signedSchema, content)
  if (!signed.ok) return signed
  const { request, signature } = signed.value
  const decoded = decode(accessRequestSchema, request)
  if (!decoded.ok) return decoded
  const isSignedBy: OpenedAccessRequest['isSignedBy'] = (signingKey, verifier) =>
    verifier.verify(signingKey, messageOf(request), signature)
  return { ok: true, value: { request: decoded.value, isSignedBy } }
}

/** What the patient says; travels sealed to the requester's key. */
export interface AccessAnswer {
  readonly version: number
  readonly requestId: Uint8Array
  readonly answerSecret: Uint8Array
  readonly outcome: 'approved' | 'refused'
  readonly reason: string
  /** First of the grants that were given. */
  readonly grantId: Uint8Array | undefined
  readonly compartments: readonly Compartment[]
  readonly purposes: readonly Purpose[]
  readonly untilMs: number | undefined
  readonly timeMs: number
}

export const accessAnswerSchema = struct<AccessAnswer>({
  version: exactly(1),
  requestId: bytes(16),
  answerSecret: bytes(32),
  outcome: word(['approved', 'refused']),
  reason: text(4 * ACCESS_REASON_CHARACTERS_MAX),
  grantId: optional(bytes(32)),
  compartments: list(word(COMPARTMENTS), COMPARTMENTS.length),
  purposes: list(word(PURPOSES), PURPOSES.length),
  untilMs: optional(uint()),
  timeMs: uint(),
})

/** Shown by whoever answers, to the node that keeps the request for its requester (I7). */
export const answerKeyOf = (answerSecret: Uint8Array): Uint8Array =>
  hashTagged('medchain/access-answer-key/1', answerSecret)

/** What that node compares it with. */
export const answerLockOf = (answerKey: Uint8Array): Uint8Array =>
  hashTagged('medchain/access-answer-lock/1', answerKey)
