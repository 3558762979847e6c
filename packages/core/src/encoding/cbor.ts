import { DecodeError } from './decode-error.ts'
import { whyNotCanonical } from './form.ts'
import { createCursor } from './reader.ts'
import { ok, type Result, refuse } from './result.ts'
import type { Schema } from './schema.ts'
import { bytesWritten } from './writer.ts'

const SIZE_BYTES_MAX = 8 * 1024 * 1024

/** The one encoding of a value: deterministic CBOR (RFC 8949 §4.2), every structure a fixed-length array. */
export const encode = <T>(schema: Schema<T>, value: T): Uint8Array => bytesWritten(schema, value)

/** Why `data` is refused: as no item of the one form, or else for what a reader that stopped did not expect. */
const reasonOf = (data: Uint8Array, unexpected: unknown): string => {
  const reason = whyNotCanonical(data) ?? unexpected
  return reason instanceof DecodeError ? reason.message : 'not canonical CBOR'
}

const read = <T>(
  schema: Schema<T>,
  data: Uint8Array,
  sizeBytesMax: number,
  mayGiveViews: boolean,
): Result<T> => {
  if (data.length > sizeBytesMax) return refuse('encoding.too-large', `More than ${sizeBytesMax} bytes.`)
  const cursor = createCursor(data, mayGiveViews)
  let unexpected: unknown
  try {
    const value = schema.read(cursor)
    if (cursor.at === data.length) return ok(value)
  } catch (error) {
    unexpected = error
  }
  return refuse('encoding.malformed', `The bytes do not decode: ${reasonOf(data, unexpected)}.`)
}

/**
 * The value that `data` encodes, or `encoding.malformed` for anything else: wrong shape, trailing bytes,
 * too deep, too long, too many items, or a form that is not the canonical one.
 */
export const decode = <T>(schema: Schema<T>, data: Uint8Array, sizeBytesMax = SIZE_BYTES_MAX): Result<T> =>
  read(schema, data, sizeBytesMax, false)

/**
 * The same without copies: byte strings of the value may be views of `data`, which nobody may change and which lives
 * as long as any of them. For callers that keep `data` anyway (ADR 031).
 */
export const decodeView = <T>(
  schema: Schema<T>,
  data: Uint8Array,
  sizeBytesMax = SIZE_BYTES_MAX,
): Result<T> => read(schema, data, sizeBytesMax, true)
