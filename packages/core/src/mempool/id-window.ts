/** Ids of committed transactions (by `nameFromBytes`) that could still be repeated: remembered until block time passes their expiry. */
export interface IdWindow {
  readonly has: (name: string) => boolean
  readonly add: (name: string, expiryMs: number) => void
  /** Forgets what has expired at this block time. */
  readonly advance: (timeMs: number) => void
  readonly size: () => number
}

/** Expiries are grouped by this span, so that forgetting looks at few groups and at no single id too early. */
const GROUP_MS = 10_000

export const createIdWindow = (): IdWindow => {
  const ids = new Set<string>()
  const groups = new Map<number, string[]>()
  return {
    has: (name) => ids.has(name),
    add: (name, expiryMs) => {
      if (ids.has(name)) return
      ids.add(name)
      const group = Math.floor(expiryMs / GROUP_MS)
      const members = groups.get(group)
      if (members) members.push(name)
      else groups.set(group, [name])
    },
    advance: (timeMs) => {
      for (const [group, members] of groups) {
        if ((group + 1) * GROUP_MS > timeMs) continue
        for (const name of members) ids.delete(name)
        groups.delete(group)
      }
    },
    size: () => ids.size,
  }
}
