import type { Item } from './schema.ts'
import { bytesFromText } from './utf8.ts'

const UINT = 0
const BYTES = 2
const TEXT = 3
const LIST = 4
const FALSE = 0xf4
const TRUE = 0xf5
const NULL = 0xf6

const ASCII_LENGTH_MAX = 32
const KEPT_BYTES_MAX = 1 << 20

/** Grows with what is written, and is kept for the next item unless that was a large one. */
let buffer = new Uint8Array(1 << 12)
let at = 0

const reserve = (length: number): void => {
  if (at + length <= buffer.length) return
  const larger = new Uint8Array(Math.max(buffer.length * 2, at + length))
  larger.set(buffer.subarray(0, at))
  buffer = larger
}

const writeHead = (major: number, argument: number): void => {
  reserve(9)
  const type = major << 5
  if (argument < 24) {
    buffer[at++] = type | argument
    return
  }
  const power = argument < 0x100 ? 0 : argument < 0x1_0000 ? 1 : argument < 0x1_0000_0000 ? 2 : 3
  buffer[at++] = type | (24 + power)
  const width = 1 << power
  let rest = argument
  for (let place = at + width - 1; place >= at; place--) {
    buffer[place] = rest % 256
    rest = Math.floor(rest / 256)
  }
  at += width
}

const writeString = (major: number, bytes: Uint8Array): void => {
  writeHead(major, bytes.length)
  reserve(bytes.length)
  buffer.set(bytes, at)
  at += bytes.length
}

const isAscii = (text: string): boolean => {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) return false
  return true
}

const writeText = (text: string): void => {
  if (text.length > ASCII_LENGTH_MAX || !isAscii(text)) {
    writeString(TEXT, bytesFromText(text))
    return
  }
  writeHead(TEXT, text.length)
  reserve(text.length)
  for (let index = 0; index < text.length; index++) buffer[at++] = text.charCodeAt(index)
}

const writeOne = (item: Item): void => {
  if (item instanceof Uint8Array) writeString(BYTES, item)
  else if (typeof item === 'number') writeHead(UINT, item)
  else if (typeof item === 'string') writeText(item)
  else if (item === null || typeof item === 'boolean') {
    reserve(1)
    buffer[at++] = item === null ? NULL : item ? TRUE : FALSE
  } else {
    writeHead(LIST, item.length)
    for (const member of item) writeOne(member)
  }
}

/** The item in deterministic CBOR (RFC 8949 §4.2): shortest heads, definite lengths. */
export const writeItem = (item: Item): Uint8Array => {
  at = 0
  writeOne(item)
  const bytes = buffer.slice(0, at)
  if (buffer.length > KEPT_BYTES_MAX) buffer = new Uint8Array(1 << 12)
  return bytes
}
