import { DecodeError } from './decode-error.ts'
import type { Item } from './schema.ts'
import { nameFromBytes } from './text.ts'
import { textFromBytes } from './utf8.ts'

const DEPTH_MAX = 16
/** More than any structure of ours has: an empty list of one byte costs about 50 in memory. */
const ITEMS_MAX = 1 << 18

const UINT = 0
const BYTES = 2
const TEXT = 3
const LIST = 4
const FALSE = 0xf4
const TRUE = 0xf5
const NULL = 0xf6

/** Smallest value that an argument of 1, 2, 4 or 8 bytes may hold: shorter ones have a shorter form. */
const LEAST = [24, 0x100, 0x1_0000, 0x1_0000_0000] as const

const ASCII_LENGTH_MAX = 32

interface Cursor {
  readonly data: Uint8Array
  at: number
  items: number
}

const fail = (reason: string): never => {
  throw new DecodeError(reason)
}

/** The argument of the head whose first byte has `info`; the cursor stands behind that byte. */
const readArgument = (cursor: Cursor, info: number): number => {
  if (info < 24) return info
  const least = LEAST[info - 24] ?? fail('not canonical CBOR')
  const end = cursor.at + 2 ** (info - 24)
  if (end > cursor.data.length) fail('they end too early')
  let value = 0
  for (; cursor.at < end; cursor.at++) value = value * 256 + (cursor.data[cursor.at] as number)
  return value >= least && value <= Number.MAX_SAFE_INTEGER ? value : fail('not canonical CBOR')
}

const isAscii = (data: Uint8Array, start: number, end: number): boolean => {
  for (let at = start; at < end; at++) if ((data[at] as number) > 0x7f) return false
  return true
}

const textOf = (data: Uint8Array, start: number, end: number): string => {
  const bytes = data.subarray(start, end)
  if (end - start <= ASCII_LENGTH_MAX && isAscii(data, start, end)) return nameFromBytes(bytes)
  return textFromBytes(bytes) ?? fail('text is not UTF-8')
}

const readList = (cursor: Cursor, length: number, depth: number): Item[] => {
  if (depth >= DEPTH_MAX) fail('nested too deeply')
  const list: Item[] = []
  for (let index = 0; index < length; index++) list.push(readOne(cursor, depth + 1))
  return list
}

const readOne = (cursor: Cursor, depth: number): Item => {
  const { data } = cursor
  const head = data[cursor.at] ?? fail('they end too early')
  cursor.at += 1
  cursor.items += 1
  if (cursor.items > ITEMS_MAX) fail('too many items')
  if (head === NULL) return null
  if (head === TRUE || head === FALSE) return head === TRUE
  const major = head >> 5
  if (major !== UINT && (major < BYTES || major > LIST)) fail('not canonical CBOR')
  const argument = readArgument(cursor, head & 31)
  if (major === UINT) return argument
  if (argument > data.length - cursor.at) fail('they end too early')
  if (major === LIST) return readList(cursor, argument, depth)
  const start = cursor.at
  cursor.at += argument
  return major === BYTES ? data.slice(start, cursor.at) : textOf(data, start, cursor.at)
}

/**
 * The one item that `data` holds: unsigned integers, byte and text strings, lists, booleans, null, in the shortest
 * form of RFC 8949 §4.2. Whatever this reads, `writeItem` writes back byte for byte. Throws DecodeError for the rest.
 */
export const readItem = (data: Uint8Array): Item => {
  // A view of plain bytes: of a Buffer, the pieces would stay tied to its memory.
  const cursor = { data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at: 0, items: 0 }
  const item = readOne(cursor, 0)
  return cursor.at === data.length ? item : fail('something follows them')
}

/** Bytes of the first member of the encoded list at the beginning of `data`, which `readItem` has read. */
export const firstMember = (data: Uint8Array): Uint8Array => {
  const cursor = { data, at: 1, items: 0 }
  skipOne(cursor)
  return data.subarray(1, cursor.at)
}

const skipOne = (cursor: Cursor): void => {
  const head = cursor.data[cursor.at] as number
  cursor.at += 1
  const major = head >> 5
  if (major > LIST) return
  const argument = readArgument(cursor, head & 31)
  if (major === BYTES || major === TEXT) cursor.at += argument
  else if (major === LIST) for (let index = 0; index < argument; index++) skipOne(cursor)
}
