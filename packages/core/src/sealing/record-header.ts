import { bytes, decode, encode, ok, optional, type Result, struct, text, uint } from '../encoding/index.ts'
import { type CipherPort, NONCE_BYTES } from './cipher-port.ts'
import { refuseSealing } from './codes.ts'
import { pad, unpad } from './padding.ts'

const STEP_BYTES = 256
const NO_AAD = new Uint8Array(0)
// The header key belongs to one record and seals one header, so its nonce need not vary.
const NONCE = new Uint8Array(NONCE_BYTES)

/** What a listing shows of a record. */
export interface RecordHeader {
  /** FHIR resource type, or the name of the file's kind. */
  readonly resourceType: string
  readonly mediaType: string
  readonly title: string
  /** As the resource gives it (FHIR date or dateTime). */
  readonly date?: string | undefined
  /** Size of the exact bytes, without padding. */
  readonly sizeBytes: number
  /** The entry's fullUrl in its bundle, so that `urn:uuid` references resolve. */
  readonly fullUrl?: string | undefined
  /** Key of the commitment, 32 bytes. */
  readonly salt: Uint8Array
}

export const HEADER_TEXT_MAX = {
  resourceType: 64,
  mediaType: 255,
  title: 1024,
  date: 64,
  fullUrl: 4096,
} as const

const headerSchema = struct<RecordHeader>({
  resourceType: text(HEADER_TEXT_MAX.resourceType),
  mediaType: text(HEADER_TEXT_MAX.mediaType),
  title: text(HEADER_TEXT_MAX.title),
  date: optional(text(HEADER_TEXT_MAX.date)),
  sizeBytes: uint(),
  fullUrl: optional(text(HEADER_TEXT_MAX.fullUrl)),
  salt: bytes(32),
})

type HeaderTexts = { readonly [Name in keyof typeof HEADER_TEXT_MAX]?: string | undefined }

/** The first text that a header cannot hold, if any. */
export const headerFieldTooLong = (texts: HeaderTexts): string | undefined => {
  for (const name of Object.keys(HEADER_TEXT_MAX) as (keyof HeaderTexts)[]) {
    const value = texts[name]
    if (value !== undefined && (value.length > HEADER_TEXT_MAX[name] || !value.isWellFormed())) return name
  }
  return undefined
}

/** AES-256-GCM of the encoded header, padded to 256-byte steps so that its size tells little. */
export const sealHeader = (header: RecordHeader, headerKey: Uint8Array, port: CipherPort): Uint8Array =>
  port.aesGcmSeal(headerKey, NONCE, NO_AAD, pad(encode(headerSchema, header), STEP_BYTES))

/** The header, or `record.key-mismatch`. */
export const openSealedHeader = (
  sealed: Uint8Array,
  headerKey: Uint8Array,
  port: CipherPort,
): Result<RecordHeader> => {
  const padded = port.aesGcmOpen(headerKey, NONCE, NO_AAD, sealed)
  if (padded === undefined) return refuseSealing('record.key-mismatch', 'sealed header')
  const content = unpad(padded, STEP_BYTES)
  const header = content && decode(headerSchema, content)
  return header?.ok ? ok(header.value) : refuseSealing('record.envelope-damaged', 'sealed header')
}
