import { PURPOSES, type Purpose } from '../access/purposes.ts'
import { type ScopeProof, scopeProofSchema } from '../access/scope.ts'
import { hashTagged, taggedMessage } from '../crypto/hash.ts'
import { blob, bytes, encode, exactly, list, optional, struct, text, uint, word } from '../encoding/index.ts'

export const DISCLOSED_RECORDS_MAX = 1000

/** `read` opens records; `list` opens their sealed headers only; `share` asks a custodian for its shares (BG7). */
export const DISCLOSURE_KINDS = ['read', 'list', 'share'] as const

/** Who contributes what: ciphertext and envelopes, release keys, an institution's own k1 for its staff, shares. */
export const DISCLOSURE_LEGS = ['ciphertext', 'release', 'agent', 'share'] as const

export type DisclosureKind = (typeof DISCLOSURE_KINDS)[number]
export type DisclosureLeg = (typeof DISCLOSURE_LEGS)[number]

/** What a reader signs to read: the same bytes go to every leg and stay as evidence in their logs. */
export interface DisclosureStatement {
  readonly version: number
  readonly networkId: Uint8Array
  /** Account of the reader, or the chart itself. */
  readonly actor: Uint8Array
  readonly chart: Uint8Array
  readonly kind: DisclosureKind
  /** 18-byte ids, all of this chart. */
  readonly recordIds: readonly Uint8Array[]
  readonly purpose: Purpose
  /** Grant that the reader relies on, if it names one. */
  readonly grantId: Uint8Array | undefined
  /** Empty, or one entry for each record id. */
  readonly scopeProofs: readonly (ScopeProof | undefined)[]
  /** Institution whose node the reader talks to. */
  readonly servingNode: Uint8Array
  readonly ciphertextHolder: Uint8Array
  readonly releaseHolder: Uint8Array
  /** A leg whose head is lower refuses. */
  readonly minHeight: number
  readonly nonce: Uint8Array
  readonly timeMs: number
  /** X25519 key that answers are sealed to, made for this statement. */
  readonly responseKey: Uint8Array
}

export const disclosureStatementSchema = struct<DisclosureStatement>({
  version: exactly(1),
  networkId: bytes(32),
  actor: bytes(32),
  chart: bytes(32),
  kind: word(DISCLOSURE_KINDS),
  recordIds: list(bytes(18), DISCLOSED_RECORDS_MAX),
  purpose: word(PURPOSES),
  grantId: optional(bytes(32)),
  scopeProofs: list(optional(scopeProofSchema), DISCLOSED_RECORDS_MAX),
  servingNode: bytes(32),
  ciphertextHolder: bytes(32),
  releaseHolder: bytes(32),
  minHeight: uint(),
  nonce: bytes(16),
  timeMs: uint(),
  responseKey: bytes(32),
})

export interface SignedDisclosure {
  /** Encoded DisclosureStatement. */
  readonly statement: Uint8Array
  readonly signature: Uint8Array
}

export const signedDisclosureSchema = struct<SignedDisclosure>({
  statement: blob(1 << 20),
  signature: bytes(64),
})

export const disclosureMessage = (statement: Uint8Array): Uint8Array =>
  taggedMessage('medchain/disclosure/1', statement)

export const disclosureHash = (statement: Uint8Array): Uint8Array =>
  hashTagged('medchain/disclosure-statement/1', statement)

export const encodeDisclosureStatement = (statement: DisclosureStatement): Uint8Array =>
  encode(disclosureStatementSchema, statement)

/** One record's part of a leg: opened with the response key; what it is depends on leg and kind. */
export interface LegItem {
  readonly recordId: Uint8Array
  /** `permit`, or why this record was refused. */
  readonly code: string
  /** Envelope (ciphertext leg), k2 or its header part (release leg), k1 (agent leg). */
  readonly key: Uint8Array | undefined
  /** Ciphertext, when the kind is `read`, the leg is `ciphertext` and it is at most 1 MiB. */
  readonly ciphertext: Uint8Array | undefined
  /** Size of the ciphertext in bytes; larger ones are fetched in chunks. */
  readonly ciphertextSizeBytes: number
}

export const CIPHERTEXT_INLINE_BYTES_MAX = 1024 * 1024

const legItemsSchema = list(
  struct<LegItem>({
    recordId: bytes(18),
    code: text(64),
    key: optional(blob(64 * 1024)),
    ciphertext: optional(blob(2 * CIPHERTEXT_INLINE_BYTES_MAX)),
    ciphertextSizeBytes: uint(),
  }),
  DISCLOSED_RECORDS_MAX,
)

/** What a leg answers, sealed to the response key. */
export interface LegAnswer {
  /** Age in ms of the head that the leg decided on, where it is older than 30 s: the chain stands still. */
  readonly staleMs: number | undefined
  readonly items: readonly LegItem[]
}

export const legAnswerSchema = struct<LegAnswer>({ staleMs: optional(uint()), items: legItemsSchema })
