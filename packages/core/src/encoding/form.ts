import { DecodeError } from './decode-error.ts'
import { BYTES, DEPTH_MAX, FALSE, ITEMS_MAX, LIST, NULL, TEXT, TRUE, UINT } from './major-types.ts'
import { type Cursor, createCursor, readHead } from './reader.ts'
import { textFromBytes } from './utf8.ts'

const fail = (reason: string): never => {
  throw new DecodeError(reason)
}

/** Whether the data end within the head that begins at `at`. */
const isCutOff = (data: Uint8Array, at: number): boolean => {
  const info = (data[at] as number) & 31
  return info >= 24 && info < 28 && at + 1 + (1 << (info - 24)) > data.length
}

/** Walks over an item of whatever shape; throws DecodeError, with the first reason, if it is none of the one form. */
const walkItem = (cursor: Cursor): void => {
  const { data, at } = cursor
  const head = data[at] ?? fail('they end too early')
  if (cursor.items > ITEMS_MAX) fail('too many items')
  cursor.items += 1
  const major = head >> 5
  const isSimple = head === NULL || head === TRUE || head === FALSE
  if (!isSimple && major !== UINT && (major < BYTES || major > LIST)) fail('not canonical CBOR')
  const argument = readHead(cursor, major)
  if (argument < 0) fail(isCutOff(data, at) ? 'they end too early' : 'not canonical CBOR')
  if (isSimple || major === UINT) return
  if (argument > data.length - cursor.at) fail('they end too early')
  if (major === LIST) {
    walkList(cursor, argument)
    return
  }
  const start = cursor.at
  cursor.at += argument
  if (major === TEXT && textFromBytes(data.subarray(start, cursor.at)) === undefined)
    fail('text is not UTF-8')
}

const walkList = (cursor: Cursor, length: number): void => {
  if (cursor.depth >= DEPTH_MAX) fail('nested too deeply')
  cursor.depth += 1
  for (let index = 0; index < length; index++) walkItem(cursor)
  cursor.depth -= 1
}

/** Why `data` is not one item of the one form that is taken, of whatever shape; undefined if it is. */
export const whyNotCanonical = (data: Uint8Array): unknown => {
  const cursor = createCursor(data, false)
  try {
    walkItem(cursor)
    return cursor.at === data.length ? undefined : new DecodeError('something follows them')
  } catch (error) {
    return error
  }
}

const skipItem = (cursor: Cursor): void => {
  const major = (cursor.data[cursor.at] as number) >> 5
  const argument = readHead(cursor, major)
  if (major === BYTES || major === TEXT) cursor.at += argument
  if (major === LIST) for (let index = 0; index < argument; index++) skipItem(cursor)
}

/** Bytes of the first member of the encoded list at the beginning of `data`, which has been decoded. */
export const firstMember = (data: Uint8Array): Uint8Array => {
  const cursor = createCursor(data, false)
  cursor.at = 1
  skipItem(cursor)
  return data.subarray(1, cursor.at)
}
