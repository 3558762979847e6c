import { failSyntax, type JsonCursor, noteFlaw } from './cursor.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const INTERN_MAX_BYTES = 48
const CHUNK_UNITS = 4096

const ESCAPES = new Map([
  [0x22, 0x22],
  [0x5c, 0x5c],
  [0x2f, 0x2f],
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
])

/** Reads a string whose opening quote is at the cursor; leaves the cursor after the closing quote. */
export const readString = (cursor: JsonCursor): string => {
  const { bytes, end } = cursor
  const start = cursor.at + 1
  let at = start
  let hash = 0
  while (at < end) {
    const byte = bytes[at] ?? 0
    if (byte === QUOTE) {
      cursor.at = at + 1
      return at - start <= INTERN_MAX_BYTES
        ? internAscii(cursor, start, at, hash)
        : asciiText(bytes, start, at)
    }
    if (byte === BACKSLASH || byte < 0x20 || byte >= 0x80) return readMixed(cursor, start, at)
    hash = (Math.imul(hash, 31) + byte) | 0
    at += 1
  }
  cursor.at = end
  return failSyntax(cursor, 'the end of a string')
}

const internAscii = (cursor: JsonCursor, start: number, end: number, hash: number): string => {
  const slot = (hash ^ (hash >>> 15)) & (cursor.interned.length - 1)
  const known = cursor.interned[slot]
  if (known !== undefined && known.length === end - start && sameAscii(known, cursor.bytes, start))
    return known
  const text = asciiText(cursor.bytes, start, end)
  cursor.interned[slot] = text
  return text
}

const sameAscii = (text: string, bytes: Uint8Array, start: number): boolean => {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) !== bytes[start + index]) return false
  }
  return true
}

const asciiText = (bytes: Uint8Array, start: number, end: number): string => {
  if (end - start <= CHUNK_UNITS)
    return String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[])
  let text = ''
  for (let at = start; at < end; at += CHUNK_UNITS) {
    const chunk = bytes.subarray(at, Math.min(at + CHUNK_UNITS, end))
    text += String.fromCharCode.apply(null, chunk as unknown as number[])
  }
  return text
}

const readMixed = (cursor: JsonCursor, start: number, firstOdd: number): string => {
  const { bytes, end } = cursor
  let text = asciiText(bytes, start, firstOdd)
  cursor.at = firstOdd
  while (cursor.at < end) {
    const byte = bytes[cursor.at] ?? 0
    if (byte === QUOTE) {
      cursor.at += 1
      return text
    }
    if (byte === BACKSLASH) text += readEscape(cursor)
    else if (byte >= 0x80) text += readMultibyte(cursor)
    else if (byte < 0x20) {
      noteFlaw(cursor, 'json.control-character', 'a raw control character in a string', cursor.at)
      text += String.fromCharCode(byte)
      cursor.at += 1
    } else {
      const runStart = cursor.at
      let at = runStart + 1
      while (at < end && isPlain(bytes[at] ?? 0)) at += 1
      text += asciiText(bytes, runStart, at)
      cursor.at = at
    }
  }
  return failSyntax(cursor, 'the end of a string')
}

const isPlain = (byte: number): boolean => byte >= 0x20 && byte < 0x80 && byte !== QUOTE && byte !== BACKSLASH

const readEscape = (cursor: JsonCursor): string => {
  const offset = cursor.at
  const letter = cursor.bytes[offset + 1] ?? 0
  if (letter !== 0x75) {
    const unit = offset + 1 < cursor.end ? ESCAPES.get(letter) : undefined
    if (unit === undefined) return failSyntax(cursor, 'an escape of RFC 8259')
    cursor.at += 2
    return String.fromCharCode(unit)
  }
  const unit = readHex(cursor, offset + 2)
  cursor.at = offset + 6
  if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit)
  if (unit < 0xdc00 && cursor.bytes[cursor.at] === BACKSLASH && cursor.bytes[cursor.at + 1] === 0x75) {
    const low = readHex(cursor, cursor.at + 2)
    if (low >= 0xdc00 && low <= 0xdfff) {
      cursor.at += 6
      return String.fromCharCode(unit, low)
    }
  }
  noteFlaw(cursor, 'json.lone-surrogate', 'half a surrogate pair in a string', offset)
  return '\ufffd'
}

const readHex = (cursor: JsonCursor, start: number): number => {
  let unit = 0
  for (let at = start; at < start + 4; at += 1) {
    const byte = at < cursor.end ? (cursor.bytes[at] ?? 0) : 0
    const digit = byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57
    if (digit < 0 || digit > 15 || (digit > 9 && (byte | 0x20) < 0x61))
      return failSyntax(cursor, 'four hexadecimal digits')
    unit = unit * 16 + digit
  }
  return unit
}

// Well-formed UTF-8 is table 3-7 of the Unicode standard: no overlong forms, no surrogates, none above U+10FFFF.
const readMultibyte = (cursor: JsonCursor): string => {
  const { bytes, end, at } = cursor
  const lead = bytes[at] ?? 0
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
  let point = lead & (0xff >> (length + 1))
  let valid = lead >= 0xc2 && lead <= 0xf4 && at + length <= end
  for (let index = 1; valid && index < length; index += 1) {
    const byte = bytes[at + index] ?? 0
    valid = (byte & 0xc0) === 0x80
    point = (point << 6) | (byte & 0x3f)
  }
  if (valid && length === 3) valid = point >= 0x800 && (point < 0xd800 || point > 0xdfff)
  if (valid && length === 4) valid = point >= 0x10000 && point <= 0x10ffff
  if (valid) {
    cursor.at = at + length
    return String.fromCodePoint(point)
  }
  noteFlaw(cursor, 'json.utf8', 'a byte that is not UTF-8 in a string', at)
  cursor.at = at + 1
  return '\ufffd'
}
