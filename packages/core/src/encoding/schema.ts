import { DecodeError } from './decode-error.ts'

/** What canonical CBOR carries here: unsigned integers, byte and text strings, booleans, null, arrays. */
export type Item = number | string | boolean | null | Uint8Array | readonly Item[]

/** One shape of data: how a value becomes an item and how an item is checked back into a value. */
export interface Schema<T> {
  readonly toItem: (value: T) => Item
  /** Throws DecodeError, which names the place, when the item has another shape. */
  readonly fromItem: (item: unknown) => T
}

export type TypeOf<S> = S extends Schema<infer T> ? T : never

const wrong = (expected: string): never => {
  throw new DecodeError(`$: expected ${expected}`)
}

/** What went wrong in a part, named from the whole: `$.name: …` becomes `$.signer.name: …`. */
const within = (step: string, error: unknown): unknown =>
  error instanceof DecodeError ? new DecodeError(`$${step}${error.message.slice(1)}`) : error

/** Unsigned integer up to 2^53 - 1, or up to `max`. */
export const uint = (max = Number.MAX_SAFE_INTEGER): Schema<number> => ({
  toItem: (value) => {
    if (!Number.isSafeInteger(value) || value < 0 || value > max)
      throw new DecodeError(`unsigned integer out of range: ${value}`)
    return value
  },
  fromItem: (item) =>
    typeof item === 'number' && Number.isSafeInteger(item) && item >= 0 && item <= max
      ? item
      : wrong(`an unsigned integer up to ${max}`),
})

/** One number and no other, such as a version. */
export const exactly = (only: number): Schema<number> => ({
  toItem: (value) => {
    if (value !== only) throw new DecodeError(`expected ${only}, got ${value}`)
    return value
  },
  fromItem: (item) => (item === only ? only : wrong(`the number ${only}`)),
})

/** Byte string of exactly `length` bytes. */
export const bytes = (length: number): Schema<Uint8Array> => ({
  toItem: (value) => {
    if (value.length !== length) throw new DecodeError(`expected ${length} bytes, got ${value.length}`)
    return value
  },
  fromItem: (item) =>
    item instanceof Uint8Array && item.length === length ? item : wrong(`${length} bytes`),
})

/** Byte string of at most `maxLength` bytes. */
export const blob = (maxLength: number): Schema<Uint8Array> => ({
  toItem: (value) => {
    if (value.length > maxLength) throw new DecodeError(`more than ${maxLength} bytes`)
    return value
  },
  fromItem: (item) =>
    item instanceof Uint8Array && item.length <= maxLength ? item : wrong(`at most ${maxLength} bytes`),
})

/** Text of at most `maxLength` UTF-16 units. */
export const text = (maxLength: number): Schema<string> => ({
  toItem: (value) => {
    if (value.length > maxLength || !value.isWellFormed())
      throw new DecodeError(`text of more than ${maxLength} characters, or ill-formed`)
    return value
  },
  fromItem: (item) =>
    typeof item === 'string' && item.length <= maxLength
      ? item
      : wrong(`text of at most ${maxLength} characters`),
})

/** One of a fixed list of words, carried as text. */
export const word = <const W extends string>(words: readonly W[]): Schema<W> => ({
  toItem: (value) => value,
  fromItem: (item) => {
    const found = words.find((candidate) => candidate === item)
    return found ?? wrong(`one of ${words.join(', ')}`)
  },
})

export const bool: Schema<boolean> = {
  toItem: (value) => value,
  fromItem: (item) => (typeof item === 'boolean' ? item : wrong('a boolean')),
}

/** A value that may be absent, carried as null. */
export const optional = <T>(inner: Schema<T>): Schema<T | undefined> => ({
  toItem: (value) => (value === undefined ? null : inner.toItem(value)),
  fromItem: (item) => (item === null ? undefined : inner.fromItem(item)),
})

export const list = <T>(inner: Schema<T>, maxLength: number): Schema<readonly T[]> => ({
  toItem: (value) => {
    if (value.length > maxLength) throw new DecodeError(`more than ${maxLength} items`)
    return value.map(inner.toItem)
  },
  fromItem: (item) => {
    if (!Array.isArray(item) || item.length > maxLength) return wrong(`a list of at most ${maxLength} items`)
    const value: T[] = []
    try {
      for (const member of item) value.push(inner.fromItem(member))
    } catch (error) {
      throw within(`[${value.length}]`, error)
    }
    return value
  },
})

/** A structure, carried as an array in the order its fields are written here. */
export const struct = <T extends object>(fields: { readonly [K in keyof T]-?: Schema<T[K]> }): Schema<T> => {
  const names = Object.keys(fields) as (keyof T & string)[]
  // All values begin with the same fields in the same order, so that they share one hidden class.
  const blank: Partial<T> = Object.fromEntries(names.map((name) => [name, undefined])) as Partial<T>
  return {
    toItem: (value) => names.map((name) => fields[name].toItem(value[name])),
    fromItem: (item) => {
      if (!Array.isArray(item) || item.length !== names.length) return wrong(`an array of ${names.length}`)
      const value = { ...blank }
      let at = 0
      try {
        for (const name of names) value[name] = fields[name].fromItem(item[at++])
      } catch (error) {
        throw within(`.${names[at - 1]}`, error)
      }
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
  fromItem: (item) => {
    if (!Array.isArray(item) || item.length !== 2 || typeof item[0] !== 'string')
      return wrong('a tagged pair')
    if (!Object.hasOwn(kinds, item[0])) return wrong(`one of ${Object.keys(kinds).join(', ')}`)
    const inner = kinds[item[0] as T['type']] as unknown as Schema<object>
    try {
      return { type: item[0], ...inner.fromItem(item[1]) } as unknown as T
    } catch (error) {
      throw within(`.${item[0]}`, error)
    }
  },
})
