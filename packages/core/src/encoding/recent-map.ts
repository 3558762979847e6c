/** Remembers what was put into it last: at least the last `max` entries, and never more than twice as many. */
export interface RecentMap<V> {
  readonly get: (name: string) => V | undefined
  readonly set: (name: string, value: V) => void
}

export const createRecentMap = <V>(max: number): RecentMap<V> => {
  let recent = new Map<string, V>()
  let older = new Map<string, V>()
  return {
    get: (name) => recent.get(name) ?? older.get(name),
    set: (name, value) => {
      if (recent.size >= max) {
        older = recent
        recent = new Map()
      }
      recent.set(name, value)
    },
  }
}
