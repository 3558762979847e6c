import type { JsonFlaw } from './value.ts'

export type JsonFailureCode = 'json.syntax' | 'json.depth' | 'json.size' | 'json.encoding'

/** Ends a reading; caught in `readJson`, never seen outside this folder. */
export class JsonFailure extends Error {
  readonly code: JsonFailureCode
  readonly offset: number

  constructor(code: JsonFailureCode, message: string, offset: number) {
    super(message)
    this.code = code
    this.offset = offset
  }
}

// Powers of two. The table lives as long as one reading: no text of a file outlasts it here.
const INTERNED_SLOTS = 1024
const INTERNED_SLOTS_SHORT = 64
const SHORT_BYTES = 8192

/** A position in a text and what was noticed on the way. */
export interface JsonCursor {
  readonly bytes: Uint8Array
  readonly end: number
  at: number
  readonly flaws: JsonFlaw[]
  /** Keys and codes repeat thousands of times in a bundle; equal text is made once. */
  readonly interned: (string | undefined)[]
}

export const createCursor = (bytes: Uint8Array, start: number, end: number): JsonCursor => ({
  bytes,
  end,
  at: start,
  flaws: [],
  interned: new Array<string | undefined>(
    end - start < SHORT_BYTES ? INTERNED_SLOTS_SHORT : INTERNED_SLOTS,
  ).fill(undefined),
})

const MAX_FLAWS = 1000

export const noteFlaw = (
  cursor: JsonCursor,
  code: JsonFlaw['code'],
  message: string,
  offset: number,
): void => {
  if (cursor.flaws.length < MAX_FLAWS) cursor.flaws.push({ code, message, offset })
  else throw new JsonFailure('json.syntax', `more than ${MAX_FLAWS} faults`, offset)
}

export const skipWhitespace = (cursor: JsonCursor): void => {
  const { bytes, end } = cursor
  let at = cursor.at
  while (at < end) {
    const byte = bytes[at]
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break
    at += 1
  }
  cursor.at = at
}

export const failSyntax = (cursor: JsonCursor, expected: string): never => {
  const found =
    cursor.at < cursor.end ? `byte 0x${(cursor.bytes[cursor.at] ?? 0).toString(16)}` : 'end of text'
  throw new JsonFailure('json.syntax', `expected ${expected}, found ${found}`, cursor.at)
}
