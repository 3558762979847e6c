import { bytesFromHex, compareBytes, hexFromBytes, ok, refuse, unwrap } from '@medchain/core'
import type { VaultName, VaultPort } from '../../src/requests/ports.ts'

/** A vault in memory, with its content open to tests. */
export interface MemoryVault extends VaultPort {
  readonly values: Map<string, Uint8Array>
  /** Makes a value unreadable. */
  readonly damage: (name: VaultName) => void
}

const nameOf = ({ kind, key }: VaultName): string => `${kind} ${hexFromBytes(key)}`

export const createMemoryVault = (): MemoryVault => {
  const values = new Map<string, Uint8Array>()
  const damaged = new Set<string>()
  return {
    values,
    async putBatch(entries) {
      for (const entry of entries) {
        values.set(nameOf(entry), entry.value.slice())
        damaged.delete(nameOf(entry))
      }
    },
    get: async (name) =>
      damaged.has(nameOf(name))
        ? refuse('vault.damaged', 'A stored value is damaged.')
        : ok(values.get(nameOf(name))),
    list(kind, prefix) {
      const start = `${kind} ${hexFromBytes(prefix)}`
      return [...values.keys()]
        .filter((name) => name.startsWith(start))
        .map((name) => unwrap(bytesFromHex(name.slice(kind.length + 1))))
        .sort(compareBytes)
    },
    async erase(names) {
      for (const name of names) values.delete(nameOf(name))
    },
    damage: (name) => void damaged.add(nameOf(name)),
  }
}
