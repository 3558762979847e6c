import { hexFromBytes, type ReadView, type Table } from '@medchain/core'

/** A view that reads each key once: for many decisions on one chart within one turn, never over an `await`. */
export const rememberingView = (view: ReadView): ReadView => {
  const known = new Map<string, unknown>()
  return {
    get: <T>(table: Table<T>, ...key: readonly Uint8Array[]): T | undefined => {
      const name = hexFromBytes(table.keyOf(...key))
      if (!known.has(name)) known.set(name, view.get(table, ...key))
      return known.get(name) as T | undefined
    },
  }
}
