import { createBeginnings } from '../crypto/beginnings.ts'
import { bytesFromText, concatBytes, decodeView, type Schema, unwrap } from '../encoding/index.ts'

/** A named set of state entries of one shape, keyed by bytes. */
export interface Table<T> {
  readonly name: string
  readonly schema: Schema<T>
  readonly keyOf: (...parts: readonly Uint8Array[]) => Uint8Array
  /** The same in memory that the next call uses again: for looking something up at once. */
  readonly lookupKeyOf: (...parts: readonly Uint8Array[]) => Uint8Array
  /** What a value in the state stands for; state written by ourselves always decodes. */
  readonly valueOf: (value: Uint8Array) => T
}

/** State is read far more often than it is written: the same bytes in memory are decoded once. */
const createValueReader = <T>(schema: Schema<T>): ((value: Uint8Array) => T) => {
  const decoded = new WeakMap<Uint8Array, { readonly value: T }>()
  return (bytes) => {
    const known = decoded.get(bytes)
    if (known) return known.value
    const value = unwrap(decodeView(schema, bytes))
    decoded.set(bytes, { value })
    return value
  }
}

const LOOKUP_BYTES_MAX = 512
const lookup = new Uint8Array(LOOKUP_BYTES_MAX)
const beginningOf = createBeginnings(lookup)

const lookupKey = (prefix: Uint8Array, parts: readonly Uint8Array[]): Uint8Array => {
  let length = prefix.length
  for (const part of parts) length += part.length
  if (length > LOOKUP_BYTES_MAX) return concatBytes(prefix, ...parts)
  lookup.set(prefix, 0)
  let at = prefix.length
  for (const part of parts) {
    lookup.set(part, at)
    at += part.length
  }
  return beginningOf(length)
}

/** Key parts must be of fixed length within a table, so that no two keys collide. */
export const table = <T>(name: string, schema: Schema<T>): Table<T> => {
  const prefix = bytesFromText(`${name}/`)
  return {
    name,
    schema,
    keyOf: (...parts) => concatBytes(prefix, ...parts),
    lookupKeyOf: (...parts) => lookupKey(prefix, parts),
    valueOf: createValueReader(schema),
  }
}
