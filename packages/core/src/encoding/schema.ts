import { DecodeError } from './decode-error.ts'

/** What canonical CBOR carries here: unsigned integers, byte and text strings, booleans, null, arrays. */
export type Item = number | string | boolean | null | Uint8Array | readonly Item[]

/** One shape of data: how a value becomes an item and how an item is checked back into a value. */
export interface Schema<T> {
  readonly toItem: (value: T) => Item
  /** Throws DecodeError naming `path` when the item has another shape. */
  readonly fromItem: (item: unknown, path: string) => T
}

export type TypeOf<S> = S extends Schema<infer T> ? T : never

const wrong = (path: string, expected: string): never => {
  throw new DecodeError(`${path}: expected ${expected}`)
}

/** Unsigned integer up to 2^53 - 1, or up to `max`. */
export const uint = (max = Number.MAX_SAFE_INTEGER): Schema<number> => ({
  toItem: (value) => {
    if (!Number.isSafeInteger(value) || value < 0 || value > max)
      throw new DecodeError(`unsigned integer out of range: ${value}`)
    return value
  },
  fromItem: (item, path) =>
    typeof item === 'number' && Number.isSafeInteger(item) && item >= 0 && item <= max
      ? item
      : wrong(path, `an unsigned integer up to ${max}`),
})

/** One number and no other, such as a version. */
export const exactly = (only: number): Schema<number> => ({
  toItem: (value) => {
    if (value !== only) throw new DecodeError(`expected ${only}, got ${value}`)
    return value
  },
  fromItem: (item, path) => (item === only ? only : wrong(path, `the number ${only}`)),
})

/** Byte string of exactly `length` bytes. */
export const bytes = (length: number): Schema<Uint8Array> => ({
  toItem: (value) => {
    if (value.length !== length) throw new DecodeError(`expected ${length} bytes, got ${value.length}`)
    return value
  },
  fromItem: (item, path) =>
    item instanceof Uint8Array && item.length === length ? item : wrong(path, `${length} bytes`),
})

/** Byte string of at most `maxLength` bytes. */
export const blob = (maxLength: number): Schema<Uint8Array> => ({
  toItem: (value) => {
    if (value.length > maxLength) throw new DecodeError(`more than ${maxLength} bytes`)
    return value
  },
  fromItem: (item, path) =>
    item instanceof Uint8Array && item.length <= maxLength ? item : wrong(path, `at most ${maxLength} bytes`),
})

/** Text of at most `maxLength` UTF-16 units. */
export const text = (maxLength: number): Schema<string> => ({
  toItem: (value) => {
    if (value.length > maxLength || !value.isWellFormed())
      throw new DecodeError(`text of more than ${maxLength} characters, or ill-formed`)
    return value
  },
  fromItem: (item, path) =>
    typeof item === 'string' && item.length <= maxLength
      ? item
      : wrong(path, `text of at most ${maxLength} characters`),
})

/** One of a fixed list of words, carried as text. */
export const word = <const W extends string>(words: readonly W[]): Schema<W> => ({
  toItem: (value) => value,
  fromItem: (item, path) => {
    const found = words.find((candidate) => candidate === item)
    return found ?? wrong(path, `one of ${words.join(', ')}`)
  },
})

export const bool: Schema<boolean> = {
  toItem: (value) => value,
  fromItem: (item, path) => (typeof item === 'boolean' ? item : wrong(path, 'a boolean')),
}

/** A value that may be absent, carried as null. */
export const optional = <T>(inner: Schema<T>): Schema<T | undefined> => ({
  toItem: (value) => (value === undefined ? null : inner.toItem(value)),
  fromItem: (item, path) => (item === null ? undefined : inner.fromItem(item, path)),
})

export const list = <T>(inner: Schema<T>, maxLength: number): Schema<readonly T[]> => ({
  toItem: (value) => {
    if (value.length > maxLength) throw new DecodeError(`more than ${maxLength} items`)
    return value.map(inner.toItem)
  },
  fromItem: (item, path) =>
    Array.isArray(item) && item.length <= maxLength
      ? item.map((member, index) => inner.fromItem(member, `${path}[${index}]`))
      : wrong(path, `a list of at most ${maxLength} items`),
})

/** A structure, carried as an array in the order its fields are written here. */
export const struct = <T extends object>(fields: { readonly [K in keyof T]-?: Schema<T[K]> }): Schema<T> => {
  const names = Object.keys(fields) as (keyof T & string)[]
  return {
    toItem: (value) => names.map((name) => fields[name].toItem(value[name])),
    fromItem: (item, path) => {
      if (!Array.isArray(item) || item.length !== names.length)
        return wrong(path, `an array of ${names.length}`)
      const value: Partial<T> = {}
      names.forEach((name, index) => {
        value[name] = fields[name].fromItem(item[index], `${path}.${name}`)
      })
      return value as T
    },
  }
}

/** A structure of several kinds: `[kind, …fields]`, told apart by its first item. */
export const variant = <T extends { readonly type: string }>(
  kinds: {
    readonly [K in T['type']]: Schema<Omit<Extract<T, { type: K }>, 'type'>>
  },
): Schema<T> => ({
  toItem: (value) => {
    const inner = kinds[value.type as T['type']] as unknown as Schema<object>
    return [value.type, inner.toItem(value)]
  },
  fromItem: (item, path) => {
    if (!Array.isArray(item) || item.length !== 2 || typeof item[0] !== 'string')
      return wrong(path, 'a tagged pair')
    if (!Object.hasOwn(kinds, item[0])) return wrong(path, `one of ${Object.keys(kinds).join(', ')}`)
    const inner = kinds[item[0] as T['type']] as unknown as Schema<object>
    return { type: item[0], ...inner.fromItem(item[1], `${path}.${item[0]}`) } as unknown as T
  },
})
