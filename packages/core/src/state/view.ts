import { encode, nameFromBytes } from '../encoding/index.ts'
import { assertInvariant } from '../encoding/result.ts'
import { STATE_VALUE_SIZE_BYTES_MAX } from './bucket.ts'
import type { Table } from './table.ts'

/** Committed or speculative state, read by key. */
export interface StateReader {
  /** `name` is that of the key (`nameFromBytes`), for callers that have it at hand. An overlay's key is good for the call only. */
  readonly read: (key: Uint8Array, name?: string) => Uint8Array | undefined
}

/** Typed reading of tables. */
export interface ReadView {
  readonly get: <T>(table: Table<T>, ...key: readonly Uint8Array[]) => T | undefined
}

/** What a contract sees: typed reads and writes, and nothing else of the world. */
export interface WriteView extends ReadView {
  readonly put: <T>(table: Table<T>, value: T, ...key: readonly Uint8Array[]) => void
  readonly remove: <T>(table: Table<T>, ...key: readonly Uint8Array[]) => void
}

export interface Change {
  readonly key: Uint8Array
  /** Undefined removes the key. */
  readonly value: Uint8Array | undefined
}

/** Changes by the name of their key (`nameFromBytes`), in the order of first writing. */
export type ChangeSet = ReadonlyMap<string, Change>

/** A typed reader over raw state; state written by ourselves always decodes. */
export const createReadView = (reader: StateReader): ReadView => ({
  get: (table, ...key) => {
    const value = reader.read(table.keyOf(...key))
    return value === undefined ? undefined : table.valueOf(value)
  },
})

export interface Overlay extends StateReader {
  readonly view: WriteView
  readonly changes: ChangeSet
  /** Takes the writes of a nested overlay over into this one. */
  readonly absorb: (changes: ChangeSet) => void
}

/** A class, since one is made for each transaction: methods are shared, closures are not (measured). */
class MemoryOverlay implements Overlay, WriteView {
  readonly changes = new Map<string, Change>()
  readonly #base: StateReader

  constructor(base: StateReader) {
    this.#base = base
  }

  get view(): WriteView {
    return this
  }

  read(key: Uint8Array, name = nameFromBytes(key)): Uint8Array | undefined {
    const change = this.changes.get(name)
    return change === undefined ? this.#base.read(key, name) : change.value
  }

  get<T>(table: Table<T>, ...key: readonly Uint8Array[]): T | undefined {
    const value = this.read(table.lookupKeyOf(...key))
    return value === undefined ? undefined : table.valueOf(value)
  }

  put<T>(table: Table<T>, value: T, ...key: readonly Uint8Array[]): void {
    const encoded = encode(table.schema, value)
    assertInvariant(encoded.length <= STATE_VALUE_SIZE_BYTES_MAX, `${table.name}: a value is too large`)
    this.#write(table.keyOf(...key), encoded)
  }

  remove<T>(table: Table<T>, ...key: readonly Uint8Array[]): void {
    this.#write(table.keyOf(...key), undefined)
  }

  absorb(nested: ChangeSet): void {
    for (const [name, change] of nested) this.changes.set(name, change)
  }

  #write(key: Uint8Array, value: Uint8Array | undefined): void {
    this.changes.set(nameFromBytes(key), { key, value })
  }
}

/** Writes over `base` that stay in memory: a transaction's over a block's, a block's over the head. */
export const createOverlay = (base: StateReader): Overlay => new MemoryOverlay(base)
