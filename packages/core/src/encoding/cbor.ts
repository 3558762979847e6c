import { decode as cborDecode, encode as cborEncode } from 'cborg'
import { equalBytes } from './bytes.ts'
import { DecodeError } from './decode-error.ts'
import { ok, type Result, refuse } from './result.ts'
import type { Schema } from './schema.ts'

const DEPTH_MAX = 16

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

const headLength = (info: number): number =>
  info < 24 ? 0 : info === 24 ? 1 : info === 25 ? 2 : info === 26 ? 4 : 8

/** Nesting below DEPTH_MAX, found in one pass so that the decoder's own recursion stays bounded. */
const isShallow = (data: Uint8Array): boolean => {
  const open: number[] = []
  let at = 0
  while (at < data.length) {
    const head = data[at] as number
    const major = head >> 5
    const info = head & 31
    if (info > 27) return false
    const width = headLength(info)
    let value = info
    if (width > 0) {
      value = 0
      for (let i = 1; i <= width; i++) value = value * 256 + (data[at + i] ?? 0)
    }
    at += 1 + width
    if (major === 2 || major === 3) at += value
    if (major === 5 || major === 6) return false
    if (open.length > 0) open[open.length - 1] = (open[open.length - 1] as number) - 1
    if (major === 4) open.push(value)
    if (open.length > DEPTH_MAX) return false
    while (open.length > 0 && open[open.length - 1] === 0) open.pop()
  }
  return true
}

/**
 * The value that `data` encodes, or `encoding.malformed` for anything else: wrong shape, trailing bytes,
 * too deep, too long, or a form that is not the canonical one.
 */
export const decode = <T>(schema: Schema<T>, data: Uint8Array, sizeBytesMax = 8 * 1024 * 1024): Result<T> => {
  if (data.length > sizeBytesMax) return refuse('encoding.too-large', `More than ${sizeBytesMax} bytes.`)
  if (!isShallow(data))
    return refuse('encoding.malformed', 'The bytes are nested too deeply or are not an array.')
  try {
    const value = schema.fromItem(cborDecode(data, DECODE_OPTIONS), '$')
    return equalBytes(encode(schema, value), data)
      ? ok(value)
      : refuse('encoding.malformed', 'The bytes are not in canonical form.')
  } catch (error) {
    const reason = error instanceof DecodeError ? error.message : 'not canonical CBOR'
    return refuse('encoding.malformed', `The bytes do not decode: ${reason}.`)
  }
}
