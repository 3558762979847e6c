import { concatBytes } from '../encoding/bytes.ts'
import { bytesFromText } from '../encoding/utf8.ts'
import { createBeginnings } from './beginnings.ts'
import { sha256, sha256Into } from './sha256.ts'

/** Every domain that is hashed or signed; two domains never share a preimage. */
export type HashTag = `medchain/${string}/1`

const prefixes = new Map<HashTag, Uint8Array>()

const prefixOf = (tag: HashTag): Uint8Array => {
  let prefix = prefixes.get(tag)
  if (prefix === undefined) {
    const name = bytesFromText(tag)
    prefix = concatBytes(Uint8Array.of(name.length), name)
    prefixes.set(tag, prefix)
  }
  return prefix
}

const PREIMAGE_BYTES = 4096
const preimage = new Uint8Array(PREIMAGE_BYTES)
const beginningOf = createBeginnings(preimage)

/** Room for a transaction, whose bytes are hashed several times. */
const LONG_PREIMAGE_BYTES = 1 << 20
let longPreimage = new Uint8Array(0)

const longBeginningOf = (length: number): Uint8Array => {
  if (length > LONG_PREIMAGE_BYTES) return new Uint8Array(length)
  if (length > longPreimage.length) longPreimage = new Uint8Array(LONG_PREIMAGE_BYTES)
  return longPreimage.subarray(0, length)
}

/** The bytes in a row, in memory that the next call uses again unless they are very many. */
const joined = (prefix: Uint8Array, parts: readonly Uint8Array[]): Uint8Array => {
  let length = prefix.length
  for (const part of parts) length += part.length
  const whole = length > PREIMAGE_BYTES ? longBeginningOf(length) : beginningOf(length)
  whole.set(prefix, 0)
  let at = prefix.length
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** SHA-256 of length byte ‖ tag ‖ parts: 32 bytes. Parts must be of fixed length or self-delimiting. */
export const hashTagged = (tag: HashTag, ...parts: readonly Uint8Array[]): Uint8Array =>
  sha256(joined(prefixOf(tag), parts))

/** `hashTagged`, written into `target` from `at` on. */
export const hashTaggedInto = (
  tag: HashTag,
  parts: readonly Uint8Array[],
  target: Uint8Array,
  at: number,
): void => sha256Into(joined(prefixOf(tag), parts), target, at)

/** Hashes of many contents of one length: fill `content`, then have the digest written. */
export interface FixedHasher {
  readonly content: Uint8Array
  readonly digestInto: (target: Uint8Array, at: number) => void
}

/** `hashTagged` for contents of `length` bytes, in memory of their own. */
export const createFixedHasher = (tag: HashTag, length: number): FixedHasher => {
  const prefix = prefixOf(tag)
  // The content begins where a word does, for who fills it in words.
  const start = -prefix.length & 3
  const whole = new Uint8Array(start + prefix.length + length).subarray(start)
  whole.set(prefix)
  return {
    content: whole.subarray(prefix.length),
    digestInto: (target, at) => sha256Into(whole, target, at),
  }
}

/** What is signed for a domain: length byte ‖ tag ‖ parts, unhashed. */
export const taggedMessage = (tag: HashTag, ...parts: readonly Uint8Array[]): Uint8Array =>
  concatBytes(prefixOf(tag), ...parts)

export const HASH_BYTES = 32

export const ZERO_HASH: Uint8Array = new Uint8Array(HASH_BYTES)
