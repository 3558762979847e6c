/** What was set or asked for of late, bounded by weight. */
export interface RecentMap<K, V> {
  readonly get: (key: K) => V | undefined
  readonly set: (key: K, value: V) => void
}

/**
 * At most `weightMax` in all, a value more or less; each counts as 1 unless `weightOf` says otherwise. Values of two spans
 * are kept: what is asked for in the present one survives the next change, without an order to keep at each reading.
 */
export const createRecentMap = <K, V extends NonNullable<unknown> | null>(
  weightMax: number,
  weightOf: (value: V) => number = () => 1,
): RecentMap<K, V> => {
  let recent = new Map<K, V>()
  let older = new Map<K, V>()
  let weight = 0

  const set = (key: K, value: V): void => {
    const before = recent.get(key)
    weight += weightOf(value) - (before === undefined ? 0 : weightOf(before))
    recent.set(key, value)
    if (weight <= weightMax / 2) return
    older = recent
    recent = new Map()
    weight = 0
  }

  return {
    get: (key) => {
      const known = recent.get(key)
      if (known !== undefined) return known
      const old = older.get(key)
      if (old !== undefined) set(key, old)
      return old
    },
    set,
  }
}
