import {
  bytes,
  bytesFromText,
  type ChartEntry,
  COMPARTMENTS,
  concatBytes,
  decode,
  encode,
  list,
  ok,
  type Result,
  struct,
  word,
} from '@medchain/core'
import type { VaultName, VaultPort } from '../requests/ports.ts'

/** The sponsor's directory from a person to the person's charts, encrypted in the vault like any deletable value. */
export interface PersonCharts {
  readonly of: (person: Uint8Array) => Promise<Result<readonly ChartEntry[]>>
  /** Every chart of the directory with its person; entries that cannot be read are left out. */
  readonly all: () => Promise<readonly { readonly person: Uint8Array; readonly chart: Uint8Array }[]>
  readonly add: (person: Uint8Array, entries: readonly ChartEntry[]) => Promise<Result<void>>
  /** Forgets a person whose registration will not come about. */
  readonly remove: (person: Uint8Array) => Promise<void>
}

const entriesSchema = list(
  struct<ChartEntry>({ compartment: word(COMPARTMENTS), chart: bytes(32) }),
  COMPARTMENTS.length,
)
const PREFIX = bytesFromText('person/')

export const createPersonCharts = (vault: VaultPort): PersonCharts => {
  const nameOf = (person: Uint8Array): VaultName => ({ kind: 'index', key: concatBytes(PREFIX, person) })
  const of: PersonCharts['of'] = async (person) => {
    const value = await vault.get(nameOf(person))
    if (!value.ok) return value
    return value.value === undefined ? ok([]) : decode(entriesSchema, value.value)
  }
  return {
    of,
    async all() {
      const found: { person: Uint8Array; chart: Uint8Array }[] = []
      for (const key of vault.list('index', PREFIX)) {
        const person = key.slice(PREFIX.length)
        const entries = await of(person)
        if (entries.ok) for (const { chart } of entries.value) found.push({ person, chart })
      }
      return found
    },
    async add(person, entries) {
      const known = await of(person)
      if (!known.ok) return known
      const others = known.value.filter((old) =>
        entries.every((entry) => entry.compartment !== old.compartment),
      )
      await vault.putBatch([{ ...nameOf(person), value: encode(entriesSchema, [...others, ...entries]) }])
      return ok(undefined)
    },
    async remove(person) {
      await vault.erase([nameOf(person)])
    },
  }
}
