import {
  equalBytes,
  type Inception,
  institutionsIn,
  keyringRead,
  keyringWrite,
  ok,
  type Result,
} from '@medchain/core'
import { refuseRequest } from '../requests/codes.ts'
import { checkRequest } from '../requests/gate.ts'
import type { PeerExchange } from '../requests/peer-exchange.ts'
import type { PrivacyPorts, VaultEntry, VaultName } from '../requests/ports.ts'
import { refuseDirectory } from './codes.ts'
import { type Forwarding, readSignedItem, type SignedItem } from './signed-items.ts'

type Written = SignedItem<{ readonly counter: number; readonly sealed: Uint8Array }>

export interface StoredKeyring {
  readonly counter: number
  readonly sealed: Uint8Array | undefined
}

/** People's sealed keyrings, each kept as the signed request that wrote it, at every institution. */
export interface Keyrings {
  readonly write: (bytes: Uint8Array) => Promise<Result<readonly []>>
  /** Takes one that another institution passed on; an older one changes nothing. */
  readonly keep: (bytes: Uint8Array) => Promise<Result<void>>
  /** The newest here; asks the other institutions when there is none. `bytes` is the signed `keyring.read`. */
  readonly read: (bytes: Uint8Array, person: Uint8Array) => Promise<Result<StoredKeyring>>
  /** First keys of a person whose keyring lies here. */
  readonly inceptionOf: (person: Uint8Array) => Promise<Inception | undefined>
  /** The signed write as stored here, for another institution that has none. */
  readonly readFor: (bytes: Uint8Array) => Promise<Result<Uint8Array | undefined>>
}

const READ_TIMEOUT_MS = 5000

const nameOf = (person: Uint8Array): VaultName => ({ kind: 'keyring', key: person })

/** The vault’s entry for a signed keyring. */
export const keyringEntry = ({ statement, bytes }: Written): VaultEntry => ({
  ...nameOf(statement.actor),
  value: bytes,
})

export const createKeyrings = (
  ports: PrivacyPorts,
  exchange: PeerExchange,
  forwarding: Forwarding,
): Keyrings => {
  const { chain, vault, self } = ports

  const stored = async (person: Uint8Array): Promise<Result<Written | undefined>> => {
    const value = await vault.get(nameOf(person))
    if (!value.ok || value.value === undefined) return value as Result<undefined>
    return readSignedItem(keyringWrite, value.value, ports)
  }

  /** Stores what is newer than what is here; whether it was. */
  const storeNewer = async (item: Written): Promise<boolean> => {
    const old = await stored(item.statement.actor)
    if (old.ok && old.value && old.value.payload.counter >= item.payload.counter) return false
    await vault.putBatch([keyringEntry(item)])
    return true
  }

  const others = (): Uint8Array[] =>
    institutionsIn(chain.head().view).filter((id) => !equalBytes(id, self.id))

  const fetchFromOthers = async (bytes: Uint8Array, person: Uint8Array): Promise<Written | undefined> => {
    const answers = await Promise.all(
      others().map((id) => exchange.call(id, { type: 'read-signed', bytes }, 'signed', READ_TIMEOUT_MS)),
    )
    let newest: Written | undefined
    for (const answer of answers) {
      if (!answer.ok || answer.value.bytes === undefined) continue
      const item = readSignedItem(keyringWrite, answer.value.bytes, ports)
      if (!item.ok || !equalBytes(item.value.statement.actor, person)) continue
      if (!newest || item.value.payload.counter > newest.payload.counter) newest = item.value
    }
    return newest
  }

  return {
    async write(bytes) {
      const item = readSignedItem(keyringWrite, bytes, ports)
      if (!item.ok) return item
      if (!(await storeNewer(item.value))) return refuseDirectory('keyring.stale')
      for (const id of others()) await forwarding.put(id, item.value.statement.actor, bytes)
      return ok([])
    },
    async keep(bytes) {
      const item = readSignedItem(keyringWrite, bytes, ports)
      if (!item.ok) return item
      await storeNewer(item.value)
      return ok(undefined)
    },
    async read(bytes, person) {
      const here = await stored(person)
      const item = (here.ok ? here.value : undefined) ?? (await fetchFromOthers(bytes, person))
      if (!item) return here.ok ? ok({ counter: 0, sealed: undefined }) : here
      await storeNewer(item)
      return ok(item.payload)
    },
    async inceptionOf(person) {
      const item = await stored(person)
      return item.ok ? item.value?.statement.inception : undefined
    },
    async readFor(bytes) {
      const request = checkRequest(bytes, ports)
      if (!request.ok) return request
      const { statement } = request.value
      if (statement.action !== keyringRead.action) return refuseRequest('request.action')
      const item = await stored(statement.actor)
      return item.ok ? ok(item.value?.bytes) : item
    },
  }
}
