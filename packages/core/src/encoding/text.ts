import { ok, type Result, refuse } from './result.ts'
import { SHORT_TEXT_LENGTH_MAX, shortHex, shortText } from './short-text.ts'

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

const HEX_BYTES_AT_ONCE = SHORT_TEXT_LENGTH_MAX / 2

export const hexFromBytes = (bytes: Uint8Array): string => {
  if (bytes.length <= HEX_BYTES_AT_ONCE) return shortHex(bytes)
  let text = ''
  for (let at = 0; at < bytes.length; at += HEX_BYTES_AT_ONCE)
    text += shortHex(bytes.subarray(at, at + HEX_BYTES_AT_ONCE))
  return text
}

const NAMED_AT_ONCE = 4096

/** A name for bytes, one character each: what maps are keyed by where nobody reads it. */
export const nameFromBytes = (bytes: Uint8Array): string => {
  if (bytes.length <= SHORT_TEXT_LENGTH_MAX) return shortText(bytes, 0, bytes.length)
  if (bytes.length <= NAMED_AT_ONCE) return String.fromCharCode.apply(undefined, bytes as unknown as number[])
  return nameFromBytes(bytes.subarray(0, NAMED_AT_ONCE)) + nameFromBytes(bytes.subarray(NAMED_AT_ONCE))
}

/** Bytes of lower- or upper-case hexadecimal text; `encoding.hex` otherwise. */
export const bytesFromHex = (text: string): Result<Uint8Array> => {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) {
    return refuse('encoding.hex', 'This is not hexadecimal text.')
  }
  const out = new Uint8Array(text.length / 2)
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(text.slice(i * 2, i * 2 + 2), 16)
  return ok(out)
}

/** RFC 4648 base32, lower case, without padding. */
export const base32FromBytes = (bytes: Uint8Array): string => {
  let text = ''
  let buffer = 0
  let bits = 0
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += BASE32[(buffer >> bits) & 31] as string
    }
    buffer &= (1 << bits) - 1
  }
  return bits > 0 ? text + (BASE32[(buffer << (5 - bits)) & 31] as string) : text
}

/** Bytes of unpadded lower-case base32; anything that would not encode back to itself is `encoding.base32`. */
export const bytesFromBase32 = (text: string): Result<Uint8Array> => {
  const out: number[] = []
  let buffer = 0
  let bits = 0
  for (const character of text) {
    const value = BASE32.indexOf(character)
    if (value < 0) return refuse('encoding.base32', 'This is not base32 text.')
    buffer = (buffer << 5) | value
    bits += 5
    if (bits >= 8) {
      bits -= 8
      out.push((buffer >> bits) & 255)
      buffer &= (1 << bits) - 1
    }
  }
  const bytes = Uint8Array.from(out)
  return base32FromBytes(bytes) === text ? ok(bytes) : refuse('encoding.base32', 'This is not base32 text.')
}

/** Base58 of the Bitcoin alphabet, as multibase prefix `z` names it. */
export const base58FromBytes = (bytes: Uint8Array): string => {
  const digits: number[] = []
  for (const byte of bytes) {
    let carry = byte
    for (let i = 0; i < digits.length; i++) {
      carry += (digits[i] as number) * 256
      digits[i] = carry % 58
      carry = Math.floor(carry / 58)
    }
    while (carry > 0) {
      digits.push(carry % 58)
      carry = Math.floor(carry / 58)
    }
  }
  let zeros = 0
  while (zeros < bytes.length && bytes[zeros] === 0) zeros++
  return (
    '1'.repeat(zeros) +
    digits
      .reverse()
      .map((digit) => BASE58[digit])
      .join('')
  )
}

export const bytesFromBase58 = (text: string): Result<Uint8Array> => {
  const bytes: number[] = []
  for (const character of text) {
    let carry = BASE58.indexOf(character)
    if (carry < 0) return refuse('encoding.base58', 'This is not base58 text.')
    for (let i = 0; i < bytes.length; i++) {
      carry += (bytes[i] as number) * 58
      bytes[i] = carry % 256
      carry = Math.floor(carry / 256)
    }
    while (carry > 0) {
      bytes.push(carry % 256)
      carry = Math.floor(carry / 256)
    }
  }
  let zeros = 0
  while (zeros < text.length && text[zeros] === '1') zeros++
  return ok(Uint8Array.from([...new Array<number>(zeros).fill(0), ...bytes.reverse()]))
}
