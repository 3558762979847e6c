/** What committed keys hold, by the names of the keys: null where they hold nothing. */
export interface KnownValues {
  readonly get: (name: string) => Uint8Array | null | undefined
  readonly set: (name: string, value: Uint8Array | undefined) => void
  /** Of a key that is known, a change. */
  readonly change: (name: string, value: Uint8Array | undefined) => void
}

/** At most 2 × `max`, those that were read of late: finding a value in its bucket costs three hashes' time. */
export const createKnownValues = (max: number): KnownValues => {
  let recent = new Map<string, Uint8Array | null>()
  let older = new Map<string, Uint8Array | null>()
  const set = (name: string, value: Uint8Array | null): void => {
    if (recent.size >= max) {
      older = recent
      recent = new Map()
    }
    recent.set(name, value)
  }
  return {
    get: (name) => {
      const known = recent.get(name)
      if (known !== undefined) return known
      const old = older.get(name)
      if (old !== undefined) set(name, old)
      return old
    },
    set: (name, value) => set(name, value ?? null),
    change: (name, value) => {
      if (recent.has(name)) recent.set(name, value ?? null)
      else if (older.has(name)) set(name, value ?? null)
    },
  }
}
