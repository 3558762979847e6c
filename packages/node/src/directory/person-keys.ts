import {
  accountIdFromInception,
  bytesFromText,
  concatBytes,
  decode,
  encode,
  equalBytes,
  hexFromBytes,
  type KeySuccession,
  ok,
  type PersonHistory,
  personHistorySchema,
  type Result,
  successionOf,
  validateHistory,
} from '@medchain/core'
import { ROTATED } from '../requests/codes.ts'
import type { HostPorts, PersonKeysPort, VaultEntry, VaultName } from '../requests/ports.ts'

const PREFIX = bytesFromText('rotated/')

export interface KnownPerson {
  readonly history: PersonHistory
  readonly keys: KeySuccession
}

/** Keys of people who rotated, as this institution's directory has learnt them; never on the chain. */
export interface PersonKeys extends PersonKeysPort {
  readonly historyOf: (person: Uint8Array) => PersonHistory | undefined
  /** The person whose key this is, present or former; undefined for keys that nobody rotated to. */
  readonly ofKey: (signingKey: Uint8Array) => KnownPerson | undefined
  /**
   * Takes a history that goes on from the one known here, with entries that become durable with it; whether it
   * was new. The first of two that contradict each other stands: `identity.rotated`.
   */
  readonly keep: (
    history: PersonHistory,
    besides: (keys: KeySuccession) => Result<readonly VaultEntry[]>,
  ) => Promise<Result<boolean>>
}

const nameOf = (person: Uint8Array): VaultName => ({ kind: 'index', key: concatBytes(PREFIX, person) })

const isBegunBy = (longer: PersonHistory, shorter: PersonHistory): boolean =>
  shorter.rotations.every(({ rotation }, index) => {
    const other = longer.rotations[index]
    return other !== undefined && equalBytes(other.rotation, rotation)
  })

/** Reads what the vault has of rotations and keeps it in memory, where requests are checked. */
export const openPersonKeys = async ({
  chain,
  vault,
  verifier,
}: Pick<HostPorts, 'chain' | 'vault' | 'verifier'>): Promise<PersonKeys> => {
  const people = new Map<string, KnownPerson>()
  const byKey = new Map<string, KnownPerson>()
  let working: Promise<unknown> = Promise.resolve()
  const check = (history: PersonHistory) => validateHistory(history, { networkId: chain.networkId, verifier })

  const remember = (person: Uint8Array, known: KnownPerson): void => {
    people.set(hexFromBytes(person), known)
    for (const { signingKey } of known.keys) byKey.set(hexFromBytes(signingKey), known)
  }

  const keepOne = async (
    history: PersonHistory,
    besides: (keys: KeySuccession) => Result<readonly VaultEntry[]>,
  ): Promise<Result<boolean>> => {
    const keys = check(history)
    if (!keys.ok) return keys
    const person = accountIdFromInception(history.inception)
    const known = people.get(hexFromBytes(person))
    if (known && !isBegunBy(history, known.history)) return ROTATED
    if (known && known.keys.length === keys.value.length) return ok(false)
    const entries = besides(keys.value)
    if (!entries.ok) return entries
    const value = encode(personHistorySchema, history)
    await vault.putBatch([{ ...nameOf(person), value }, ...entries.value])
    remember(person, { history, keys: keys.value })
    return ok(true)
  }

  for (const key of vault.list('index', PREFIX)) {
    const value = await vault.get({ kind: 'index', key })
    const history =
      value.ok && value.value ? decode(personHistorySchema, value.value, value.value.length) : undefined
    // Checked when it was kept.
    if (history?.ok)
      remember(key.slice(PREFIX.length), { history: history.value, keys: successionOf(history.value) })
  }

  return {
    successionOf: (person) => people.get(hexFromBytes(person))?.keys,
    historyOf: (person) => people.get(hexFromBytes(person))?.history,
    ofKey: (signingKey) => byKey.get(hexFromBytes(signingKey)),
    keep(history, besides) {
      const kept = working.then(() => keepOne(history, besides))
      working = kept.catch(() => undefined)
      return kept
    },
  }
}
