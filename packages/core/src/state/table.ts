import { bytesFromText, concatBytes, type Schema } from '../encoding/index.ts'

/** A named set of state entries of one shape, keyed by bytes. */
export interface Table<T> {
  readonly name: string
  readonly schema: Schema<T>
  readonly keyOf: (...parts: readonly Uint8Array[]) => Uint8Array
}

/** Key parts must be of fixed length within a table, so that no two keys collide. */
export const table = <T>(name: string, schema: Schema<T>): Table<T> => {
  const prefix = bytesFromText(`${name}/`)
  return { name, schema, keyOf: (...parts) => concatBytes(prefix, ...parts) }
}
