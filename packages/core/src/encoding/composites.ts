import { DecodeError } from './decode-error.ts'
import { NULL, TEXT } from './major-types.ts'
import { closeList, openList, readExactly } from './reader.ts'
import { encodedWord, type Schema, wrong } from './schema.ts'
import { writeListHead, writeSimple, writeText } from './writer.ts'

/** What went wrong in a part, named from the whole: `$.name: …` becomes `$.signer.name: …`. */
const within = (step: string, error: unknown): unknown =>
  error instanceof DecodeError ? new DecodeError(`$${step}${error.message.slice(1)}`) : error

/** A value that may be absent, carried as null. */
export const optional = <T>(inner: Schema<T>): Schema<T | undefined> => ({
  write: (value) => {
    if (value === undefined) writeSimple(null)
    else inner.write(value)
  },
  read: (cursor) => {
    if (cursor.data[cursor.at] !== NULL) return inner.read(cursor)
    cursor.at += 1
    return undefined
  },
})

export const list = <T>(inner: Schema<T>, maxLength: number): Schema<readonly T[]> => ({
  write: (value) => {
    if (value.length > maxLength) throw new DecodeError(`more than ${maxLength} items`)
    writeListHead(value.length)
    for (const member of value) inner.write(member)
  },
  read: (cursor) => {
    const length = openList(cursor)
    if (length < 0 || length > maxLength) return wrong(`a list of at most ${maxLength} items`)
    const value: T[] = []
    try {
      while (value.length < length) value.push(inner.read(cursor))
    } catch (error) {
      throw within(`[${value.length}]`, error)
    }
    closeList(cursor)
    return value
  },
})

/** A structure, carried as an array in the order its fields are written here. */
export const struct = <T extends object>(fields: { readonly [K in keyof T]-?: Schema<T[K]> }): Schema<T> => {
  const names = Object.keys(fields) as (keyof T & string)[]
  const inner = names.map((name) => fields[name] as Schema<T[keyof T]>)
  // All values begin with the same fields in the same order, so that they share one hidden class.
  const blank: Partial<T> = Object.fromEntries(names.map((name) => [name, undefined])) as Partial<T>
  return {
    write: (value) => {
      writeListHead(names.length)
      for (let at = 0; at < names.length; at++)
        (inner[at] as Schema<unknown>).write(value[names[at] as keyof T])
    },
    read: (cursor) => {
      if (openList(cursor) !== names.length) return wrong(`an array of ${names.length}`)
      const value = Object.assign({}, blank)
      let at = 0
      try {
        for (; at < names.length; at++)
          value[names[at] as keyof T] = (inner[at] as Schema<T[keyof T]>).read(cursor)
      } catch (error) {
        throw within(`.${names[at]}`, error)
      }
      closeList(cursor)
      return value as T
    },
  }
}

/** A structure of several kinds: `[kind, …fields]`, told apart by its first item. */
export const variant = <T extends { readonly type: string }>(
  kinds: {
    readonly [K in T['type']]: Schema<Omit<Extract<T, { type: K }>, 'type'>>
  },
): Schema<T> => {
  const types = Object.keys(kinds) as T['type'][]
  const encoded = types.map(encodedWord)
  return {
    write: (value) => {
      writeListHead(2)
      writeText(value.type)
      ;(kinds[value.type as T['type']] as unknown as Schema<object>).write(value)
    },
    read: (cursor) => {
      if (openList(cursor) !== 2 || (cursor.data[cursor.at] ?? 0) >> 5 !== TEXT) return wrong('a tagged pair')
      const type = types[encoded.findIndex((each) => readExactly(cursor, each))]
      if (type === undefined) return wrong(`one of ${types.join(', ')}`)
      try {
        const value = (kinds[type] as unknown as Schema<object>).read(cursor)
        closeList(cursor)
        return { type, ...value } as unknown as T
      } catch (error) {
        throw within(`.${type}`, error)
      }
    },
  }
}
