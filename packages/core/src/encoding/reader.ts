import { BYTES, DEPTH_MAX, ITEMS_MAX, LIST, TEXT, UINT } from './major-types.ts'
import { SHORT_TEXT_LENGTH_MAX, shortText } from './short-text.ts'
import { textFromBytes } from './utf8.ts'

/** Where a reader stands in bytes that it reads once, from the first to the last. */
export interface Cursor {
  readonly data: Uint8Array
  /** Whether byte strings are read as views of `data`, not as copies. */
  readonly givesViews: boolean
  at: number
  /** Items that the lists read so far announce. */
  items: number
  /** Lists that are open. */
  depth: number
}

/** A view of a shorter array costs more than a copy: V8 keeps it within its heap until there is a view. */
const VIEWED_LENGTH_MIN = 65

const isPlain = (data: Uint8Array): boolean => Object.getPrototypeOf(data) === Uint8Array.prototype

export const createCursor = (data: Uint8Array, mayGiveViews: boolean): Cursor => ({
  // Of a Buffer, the pieces would be Buffers, tied to its memory.
  data: isPlain(data) ? data : new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  givesViews: mayGiveViews && data.length >= VIEWED_LENGTH_MIN,
  at: 0,
  items: 1,
  depth: 0,
})

/** Smallest value that an argument of 1, 2, 4 or 8 bytes may hold: shorter ones have a shorter form. */
const LEAST = [24, 0x100, 0x1_0000, 0x1_0000_0000] as const

const readLongArgument = (cursor: Cursor, power: number): number => {
  const { data } = cursor
  const end = cursor.at + (1 << power)
  const least = LEAST[power]
  if (least === undefined || end > data.length) return -1
  let value = 0
  for (; cursor.at < end; cursor.at++) value = value * 256 + (data[cursor.at] as number)
  return value >= least && value <= Number.MAX_SAFE_INTEGER ? value : -1
}

/** The argument of the next head, if that is of the major type and in its shortest form; otherwise -1. */
export const readHead = (cursor: Cursor, major: number): number => {
  const { data } = cursor
  if (cursor.at >= data.length) return -1
  const head = data[cursor.at] as number
  if (head >> 5 !== major) return -1
  cursor.at += 1
  const info = head & 31
  return info < 24 ? info : readLongArgument(cursor, info - 24)
}

/** The head of a string: its length, of which there are so many bytes; otherwise -1. */
const readLength = (cursor: Cursor, major: number): number => {
  const length = readHead(cursor, major)
  return length <= cursor.data.length - cursor.at ? length : -1
}

/** The unsigned integer that comes next, or -1. */
export const readUint = (cursor: Cursor): number => readHead(cursor, UINT)

/** The byte string that comes next, if it has from `least` to `most` bytes. */
export const readBytes = (cursor: Cursor, least: number, most: number): Uint8Array | undefined => {
  const length = readLength(cursor, BYTES)
  if (length < least || length > most) return undefined
  const start = cursor.at
  cursor.at += length
  return cursor.givesViews ? cursor.data.subarray(start, cursor.at) : cursor.data.slice(start, cursor.at)
}

const isAscii = (data: Uint8Array, start: number, end: number): boolean => {
  for (let at = start; at < end; at++) if ((data[at] as number) > 0x7f) return false
  return true
}

/** The text that comes next. */
export const readText = (cursor: Cursor): string | undefined => {
  const length = readLength(cursor, TEXT)
  if (length < 0) return undefined
  const { data, at: start } = cursor
  cursor.at += length
  return length <= SHORT_TEXT_LENGTH_MAX && isAscii(data, start, cursor.at)
    ? shortText(data, start, cursor.at)
    : textFromBytes(data.subarray(start, cursor.at))
}

/** Whether the bytes that come next are these; the cursor stands behind them only then. */
export const readExactly = (cursor: Cursor, expected: Uint8Array): boolean => {
  const { data, at } = cursor
  if (expected.length > data.length - at) return false
  for (let index = 0; index < expected.length; index++) if (data[at + index] !== expected[index]) return false
  cursor.at += expected.length
  return true
}

/** Opens the list that comes next: how many members it has, or -1. Whoever read them closes it. */
export const openList = (cursor: Cursor): number => {
  const length = readLength(cursor, LIST)
  if (length < 0 || cursor.depth >= DEPTH_MAX) return -1
  cursor.items += length
  cursor.depth += 1
  return cursor.items <= ITEMS_MAX ? length : -1
}

export const closeList = (cursor: Cursor): void => {
  cursor.depth -= 1
}
