/** A map whose entries come and go, in the order in which they were first set, like those of a `Map`. */
export interface TurnoverMap<K, V> {
  readonly size: number
  readonly get: (key: K) => V | undefined
  readonly has: (key: K) => boolean
  readonly set: (key: K, value: V) => void
  readonly delete: (key: K) => boolean
  readonly clear: () => void
  /** Whoever goes through keys, values or entries may delete some meanwhile, and nothing else. */
  readonly keys: () => IterableIterator<K>
  readonly values: () => IterableIterator<V>
  readonly [Symbol.iterator]: () => IterableIterator<[K, V]>
}

/** So many values are set at least before the map is renewed. */
const SET_MIN = 256

/**
 * When V8 clears or rebuilds the table of a `Map`, the table left behind points to the next one: once one of them
 * counts as old, all that follow it stay, with everything that was in them, until the next full collection (measured: a
 * fifth of what survived a quick collection of a busy node). So this one takes a new `Map` now and then, which nothing
 * old points to.
 */
export const createTurnoverMap = <K, V>(): TurnoverMap<K, V> => {
  let map = new Map<K, V>()
  let timesSet = 0
  const renew = (entries?: Iterable<[K, V]>): void => {
    map = new Map(entries)
    timesSet = 0
  }
  return {
    get size() {
      return map.size
    },
    get: (key) => map.get(key),
    has: (key) => map.has(key),
    set: (key, value) => {
      timesSet += 1
      if (timesSet > SET_MIN && timesSet > 2 * map.size) renew(map)
      map.set(key, value)
    },
    delete: (key) => map.delete(key),
    clear: () => renew(),
    keys: () => map.keys(),
    values: () => map.values(),
    [Symbol.iterator]: () => map[Symbol.iterator](),
  }
}
