import { ok, type Result, refuse } from '../../encoding/result.ts'
import { createCursor, failSyntax, type JsonCursor, JsonFailure, noteFlaw, skipWhitespace } from './cursor.ts'
import { readNumber } from './read-number.ts'
import { readString } from './read-string.ts'
import {
  type ByteSpan,
  emptyJsonObject,
  type JsonArray,
  type JsonFlaw,
  type JsonObject,
  type JsonValue,
} from './value.ts'

/** FHIR's deepest real resources (nested questionnaires) stay under 40 levels. */
export const JSON_DEPTH_MAX = 100
export const JSON_SIZE_MAX_BYTES = 64 * 1024 * 1024

export interface JsonReadOptions {
  readonly maxDepth?: number
  readonly maxBytes?: number
  /** Containers at this depth or above get an entry in `spans`; 4 reaches a bundle's resources. */
  readonly spanDepth?: number
}

export interface JsonDocument {
  readonly value: JsonValue
  readonly flaws: readonly JsonFlaw[]
  readonly spans: ReadonlyMap<JsonObject | JsonArray, ByteSpan>
}

interface Reading {
  readonly cursor: JsonCursor
  readonly maxDepth: number
  readonly spanDepth: number
  readonly spans: Map<JsonObject | JsonArray, ByteSpan>
}

/**
 * Reads one RFC 8259 text and keeps going over flaws that do not blur its structure; the caller decides
 * what a flaw costs. A leading UTF-8 byte order mark is skipped and lies outside every span.
 * Refusals: `json.syntax`, `json.depth`, `json.size`, `json.encoding`; the message names the byte.
 */
export const readJsonDocument = (bytes: Uint8Array, options: JsonReadOptions = {}): Result<JsonDocument> => {
  const maxBytes = options.maxBytes ?? JSON_SIZE_MAX_BYTES
  if (bytes.length > maxBytes)
    return refuse('json.size', `The text is ${bytes.length} bytes; the limit is ${maxBytes}.`)
  if (isUtf16(bytes)) return refuse('json.encoding', 'The text is UTF-16; JSON is exchanged as UTF-8.')
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  const reading: Reading = {
    cursor: createCursor(bytes, hasMark ? 3 : 0, bytes.length),
    maxDepth: options.maxDepth ?? JSON_DEPTH_MAX,
    spanDepth: options.spanDepth ?? 4,
    spans: new Map(),
  }
  try {
    skipWhitespace(reading.cursor)
    const value = readValue(reading, 1)
    skipWhitespace(reading.cursor)
    if (reading.cursor.at < bytes.length) failSyntax(reading.cursor, 'the end of the text')
    return ok({ value, flaws: reading.cursor.flaws, spans: reading.spans })
  } catch (failure) {
    if (failure instanceof JsonFailure)
      return refuse(failure.code, `The text cannot be read: ${failure.message}, at byte ${failure.offset}.`)
    throw failure
  }
}

/**
 * Strict reading: the value, or the first thing wrong with the text. On top of `readJsonDocument`:
 * `json.duplicate-key`, `json.lone-surrogate`, `json.utf8`, `json.control-character`.
 */
export const readJson = (bytes: Uint8Array, options: JsonReadOptions = {}): Result<JsonValue> => {
  const document = readJsonDocument(bytes, { ...options, spanDepth: 0 })
  if (!document.ok) return document
  const flaw = document.value.flaws[0]
  return flaw === undefined
    ? ok(document.value.value)
    : refuse(flaw.code, `The text holds ${flaw.message}, at byte ${flaw.offset}.`)
}

const isUtf16 = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)

// Recursion is bounded by maxDepth before the engine's stack is.
const readValue = (reading: Reading, depth: number): JsonValue => {
  const { cursor } = reading
  const byte = cursor.at < cursor.end ? cursor.bytes[cursor.at] : undefined
  if (byte === 0x22) return readString(cursor)
  if (byte === 0x7b) return readObject(reading, enter(reading, depth))
  if (byte === 0x5b) return readArray(reading, enter(reading, depth))
  if (byte === 0x74) return readWord(cursor, 'true', true)
  if (byte === 0x66) return readWord(cursor, 'false', false)
  if (byte === 0x6e) return readWord(cursor, 'null', null)
  if (byte === 0x2d || (byte !== undefined && byte >= 0x30 && byte <= 0x39)) return readNumber(cursor)
  return failSyntax(cursor, 'a value')
}

const enter = (reading: Reading, depth: number): number => {
  if (depth <= reading.maxDepth) return depth
  throw new JsonFailure('json.depth', `nested deeper than ${reading.maxDepth} levels`, reading.cursor.at)
}

const readWord = <T extends JsonValue>(cursor: JsonCursor, word: string, value: T): T => {
  for (let index = 0; index < word.length; index += 1) {
    if (cursor.bytes[cursor.at + index] !== word.charCodeAt(index)) failSyntax(cursor, `"${word}"`)
  }
  cursor.at += word.length
  return value
}

const readObject = (reading: Reading, depth: number): JsonObject => {
  const { cursor } = reading
  const start = cursor.at
  const object = emptyJsonObject()
  cursor.at += 1
  skipWhitespace(cursor)
  if (cursor.bytes[cursor.at] === 0x7d) cursor.at += 1
  else readMembers(reading, depth, object)
  if (depth <= reading.spanDepth) reading.spans.set(object, { start, end: cursor.at })
  return object
}

const readMembers = (
  reading: Reading,
  depth: number,
  object: { [key: string]: JsonValue | undefined },
): void => {
  const { cursor } = reading
  for (;;) {
    skipWhitespace(cursor)
    const keyOffset = cursor.at
    if (cursor.bytes[keyOffset] !== 0x22) failSyntax(cursor, 'a key')
    const key = readString(cursor)
    skipWhitespace(cursor)
    if (cursor.bytes[cursor.at] !== 0x3a) failSyntax(cursor, '":"')
    cursor.at += 1
    skipWhitespace(cursor)
    const value = readValue(reading, depth + 1)
    if (object[key] === undefined) object[key] = value
    else noteFlaw(cursor, 'json.duplicate-key', 'a key that stands twice in one object', keyOffset)
    skipWhitespace(cursor)
    const next = cursor.bytes[cursor.at]
    if (next !== 0x2c && next !== 0x7d) failSyntax(cursor, '"," or "}"')
    cursor.at += 1
    if (next === 0x7d) return
  }
}

const readArray = (reading: Reading, depth: number): JsonArray => {
  const { cursor } = reading
  const start = cursor.at
  const array: JsonValue[] = []
  cursor.at += 1
  skipWhitespace(cursor)
  if (cursor.bytes[cursor.at] === 0x5d) cursor.at += 1
  else readElements(reading, depth, array)
  if (depth <= reading.spanDepth) reading.spans.set(array, { start, end: cursor.at })
  return array
}

const readElements = (reading: Reading, depth: number, array: JsonValue[]): void => {
  const { cursor } = reading
  for (;;) {
    skipWhitespace(cursor)
    array.push(readValue(reading, depth + 1))
    skipWhitespace(cursor)
    const next = cursor.bytes[cursor.at]
    if (next !== 0x2c && next !== 0x5d) failSyntax(cursor, '"," or "]"')
    cursor.at += 1
    if (next === 0x5d) return
  }
}
