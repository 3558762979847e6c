import { decode as cborDecode, encode as cborEncode } from 'cborg'
import { equalBytes } from './bytes.ts'
import { createTokenizer } from './cbor-tokenizer.ts'
import { DecodeError } from './decode-error.ts'
import { isBounded } from './is-bounded.ts'
import { ok, type Result, refuse } from './result.ts'
import type { Schema } from './schema.ts'

const DECODE_OPTIONS = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
}

/** The one encoding of a value: deterministic CBOR (RFC 8949 §4.2), every structure a fixed-length array. */
export const encode = <T>(schema: Schema<T>, value: T): Uint8Array => cborEncode(schema.toItem(value))

/**
 * The value that `data` encodes, or `encoding.malformed` for anything else: wrong shape, trailing bytes,
 * too deep, too long, too many items, or a form that is not the canonical one.
 */
export const decode = <T>(schema: Schema<T>, data: Uint8Array, sizeBytesMax = 8 * 1024 * 1024): Result<T> => {
  if (data.length > sizeBytesMax) return refuse('encoding.too-large', `More than ${sizeBytesMax} bytes.`)
  if (!isBounded(data))
    return refuse(
      'encoding.malformed',
      'The bytes are nested too deeply, hold too many items or are no structure.',
    )
  try {
    const value = schema.fromItem(
      cborDecode(data, { ...DECODE_OPTIONS, tokenizer: createTokenizer(data, DECODE_OPTIONS) }),
      '$',
    )
    return equalBytes(encode(schema, value), data)
      ? ok(value)
      : refuse('encoding.malformed', 'The bytes are not in canonical form.')
  } catch (error) {
    const reason = error instanceof DecodeError ? error.message : 'not canonical CBOR'
    return refuse('encoding.malformed', `The bytes do not decode: ${reason}.`)
  }
}
