import { BYTES, FALSE, LIST, NULL, TEXT, TRUE, UINT } from './major-types.ts'
import { SHORT_TEXT_LENGTH_MAX } from './short-text.ts'
import { bytesFromText } from './utf8.ts'

/** Room for the largest block, which is written several times at each height, when it grows by doubling. */
const KEPT_BYTES_MAX = 1 << 23

/** Grows with what is written, and is kept for the next value unless that was a very large one. */
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

export const writeUint = (value: number): void => writeHead(UINT, value)

export const writeBytes = (bytes: Uint8Array): void => writeString(BYTES, bytes)

export const writeText = (text: string): void => {
  if (text.length > SHORT_TEXT_LENGTH_MAX || !isAscii(text)) {
    writeString(TEXT, bytesFromText(text))
    return
  }
  writeHead(TEXT, text.length)
  reserve(text.length)
  for (let index = 0; index < text.length; index++) buffer[at++] = text.charCodeAt(index)
}

/** The head of a list: its members are written next. */
export const writeListHead = (length: number): void => writeHead(LIST, length)

export const writeSimple = (value: boolean | null): void => {
  reserve(1)
  buffer[at++] = value === null ? NULL : value ? TRUE : FALSE
}

/** What `schema` writes of the value, in an array of its own. Whatever it throws leaves nothing behind. */
export const bytesWritten = <T>(schema: { readonly write: (value: T) => void }, value: T): Uint8Array => {
  const start = at
  try {
    schema.write(value)
    return buffer.slice(start, at)
  } finally {
    at = start
    if (start === 0 && buffer.length > KEPT_BYTES_MAX) buffer = new Uint8Array(1 << 12)
  }
}
