import { DecodeError } from './decode-error.ts'
import { FALSE, TRUE } from './major-types.ts'
import { type Cursor, readBytes, readExactly, readText, readUint } from './reader.ts'
import { bytesWritten, writeBytes, writeSimple, writeText, writeUint } from './writer.ts'

/** One shape of data: how a value is written and how it is read and checked. */
export interface Schema<T> {
  /** Writes the value behind what is written; throws DecodeError when it has no encoding. */
  readonly write: (value: T) => void
  /** Reads the value at the cursor; throws DecodeError, which names the place, when something else stands there. */
  readonly read: (cursor: Cursor) => T
}

export type TypeOf<S> = S extends Schema<infer T> ? T : never

export const wrong = (expected: string): never => {
  throw new DecodeError(`$: expected ${expected}`)
}

/** Unsigned integer up to 2^53 - 1, or up to `max`. */
export const uint = (max = Number.MAX_SAFE_INTEGER): Schema<number> => ({
  write: (value) => {
    if (!Number.isSafeInteger(value) || value < 0 || value > max)
      throw new DecodeError(`unsigned integer out of range: ${value}`)
    writeUint(value)
  },
  read: (cursor) => {
    const value = readUint(cursor)
    return value >= 0 && value <= max ? value : wrong(`an unsigned integer up to ${max}`)
  },
})

/** One number and no other, such as a version. */
export const exactly = (only: number): Schema<number> => ({
  write: (value) => {
    if (value !== only) throw new DecodeError(`expected ${only}, got ${value}`)
    writeUint(value)
  },
  read: (cursor) => (readUint(cursor) === only ? only : wrong(`the number ${only}`)),
})

/** Byte string of exactly `length` bytes. */
export const bytes = (length: number): Schema<Uint8Array> => ({
  write: (value) => {
    if (value.length !== length) throw new DecodeError(`expected ${length} bytes, got ${value.length}`)
    writeBytes(value)
  },
  read: (cursor) => readBytes(cursor, length, length) ?? wrong(`${length} bytes`),
})

/** Byte string of at most `maxLength` bytes. */
export const blob = (maxLength: number): Schema<Uint8Array> => ({
  write: (value) => {
    if (value.length > maxLength) throw new DecodeError(`more than ${maxLength} bytes`)
    writeBytes(value)
  },
  read: (cursor) => readBytes(cursor, 0, maxLength) ?? wrong(`at most ${maxLength} bytes`),
})

/** Text of at most `maxLength` UTF-16 units. */
export const text = (maxLength: number): Schema<string> => ({
  write: (value) => {
    if (value.length > maxLength || !value.isWellFormed())
      throw new DecodeError(`text of more than ${maxLength} characters, or ill-formed`)
    writeText(value)
  },
  read: (cursor) => {
    const value = readText(cursor)
    return value !== undefined && value.length <= maxLength
      ? value
      : wrong(`text of at most ${maxLength} characters`)
  },
})

export const encodedWord = (value: string): Uint8Array => bytesWritten({ write: writeText }, value)

/** One of a fixed list of words, carried as text. */
export const word = <const W extends string>(words: readonly W[]): Schema<W> => {
  const encoded = words.map(encodedWord)
  return {
    write: writeText,
    read: (cursor) => {
      for (let index = 0; index < words.length; index++)
        if (readExactly(cursor, encoded[index] as Uint8Array)) return words[index] as W
      return wrong(`one of ${words.join(', ')}`)
    },
  }
}

export const bool: Schema<boolean> = {
  write: (value) => {
    if (typeof value !== 'boolean') throw new DecodeError(`expected a boolean, got ${value}`)
    writeSimple(value)
  },
  read: (cursor) => {
    const head = cursor.data[cursor.at]
    if (head !== TRUE && head !== FALSE) return wrong('a boolean')
    cursor.at += 1
    return head === TRUE
  },
}
