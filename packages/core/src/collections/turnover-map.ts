/** A smaller map is not worth being renewed. */
const ADDED_MIN = 256

/**
 * A map whose entries come and go. When V8 clears or rebuilds the table of a `Map`, the table left behind points to the
 * next one: once one of them counts as old, all that follow it stay, with everything that was in them, until the next
 * full collection (measured: a fifth of what survived a quick collection). So this one takes a new `Map` now and then,
 * which nothing old points to.
 */
export class TurnoverMap<K, V> {
  #map = new Map<K, V>()
  #added = 0

  get size(): number {
    return this.#map.size
  }

  get(key: K): V | undefined {
    return this.#map.get(key)
  }

  has(key: K): boolean {
    return this.#map.has(key)
  }

  set(key: K, value: V): void {
    this.#added += 1
    if (this.#added > ADDED_MIN && this.#added > 2 * this.#map.size) {
      this.#map = new Map(this.#map)
      this.#added = 0
    }
    this.#map.set(key, value)
  }

  delete(key: K): boolean {
    return this.#map.delete(key)
  }

  clear(): void {
    this.#map = new Map()
    this.#added = 0
  }

  /** Each in the order in which it was first set; whoever goes through them may delete meanwhile, and not set. */
  keys(): IterableIterator<K> {
    return this.#map.keys()
  }

  values(): IterableIterator<V> {
    return this.#map.values()
  }

  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.#map[Symbol.iterator]()
  }
}
