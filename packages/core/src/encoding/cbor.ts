import { DecodeError } from './decode-error.ts'
import { readItem } from './read-item.ts'
import { ok, type Result, refuse } from './result.ts'
import type { Schema } from './schema.ts'
import { writeItem } from './write-item.ts'

/** The one encoding of a value: deterministic CBOR (RFC 8949 §4.2), every structure a fixed-length array. */
export const encode = <T>(schema: Schema<T>, value: T): Uint8Array => writeItem(schema.toItem(value))

/**
 * The value that `data` encodes, or `encoding.malformed` for anything else: wrong shape, trailing bytes,
 * too deep, too long, too many items, or a form that is not the canonical one.
 */
export const decode = <T>(schema: Schema<T>, data: Uint8Array, sizeBytesMax = 8 * 1024 * 1024): Result<T> => {
  if (data.length > sizeBytesMax) return refuse('encoding.too-large', `More than ${sizeBytesMax} bytes.`)
  try {
    return ok(schema.fromItem(readItem(data)))
  } catch (error) {
    const reason = error instanceof DecodeError ? error.message : 'not canonical CBOR'
    return refuse('encoding.malformed', `The bytes do not decode: ${reason}.`)
  }
}
