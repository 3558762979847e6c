import {
  accounts,
  blob,
  compareBytes,
  decode,
  encode,
  envelopeDeliver,
  equalBytes,
  grantIdOfEnvelope,
  grants,
  ok,
  type Result,
  struct,
  uint,
} from '@medchain/core'
import { institutionOf } from '../custody/anchoring.ts'
import type { Destroyer } from '../erasure/due-erasures.ts'
import { awaitState } from '../requests/await-state.ts'
import type { PrivacyPorts, VaultName } from '../requests/ports.ts'
import { refuseDirectory } from './codes.ts'
import { mayDeliver, sealedFor } from './sealed-for.ts'
import { type Forwarding, readSignedItem, type SignedItem } from './signed-items.ts'

type Delivered = SignedItem<{
  readonly grantee: Uint8Array
  readonly grantId: Uint8Array
  readonly sealed: Uint8Array
}>

export interface WaitingGrant {
  readonly grantId: Uint8Array
  readonly sealed: Uint8Array
}

interface StoredEnvelope {
  /** When the chart signed the delivery: a later one replaces an earlier one. */
  readonly timeMs: number
  readonly sealed: Uint8Array
}

const storedSchema = struct<StoredEnvelope>({ timeMs: uint(), sealed: blob(1 << 20) })

/** Sealed grants for this institution and its staff, and the way there for those of others. */
export interface GrantEnvelopes {
  /** Takes a delivery that the chart signed: kept here, or durably on its way to the grantee's institution. */
  readonly deliver: (bytes: Uint8Array) => Promise<Result<readonly []>>
  /** Takes a delivery that another institution passed on. */
  readonly keep: (bytes: Uint8Array) => Promise<Result<void>>
  readonly find: (grantId: Uint8Array) => Promise<Result<Uint8Array | undefined>>
  /** Ids of grants and guardianships that wait for a party, oldest first. */
  readonly idsFor: (party: Uint8Array) => readonly Uint8Array[]
  /** Those for a grantee, oldest grant first. */
  readonly list: (
    grantee: Uint8Array,
    after: Uint8Array | undefined,
  ) => Promise<Result<readonly WaitingGrant[]>>
  /**
   * Destroys what may hold k1 of erased records: the keys of listed records, unless the patient's client sealed them
   * anew, without the erased, after it asked for the erasure.
   */
  readonly erase: Destroyer
}

const LISTED_BYTES_MAX = 16 * 1024 * 1024
const LISTED_MAX = 1000

const nameOf = (grantId: Uint8Array): VaultName => ({ kind: 'grant', key: grantId })

export const createGrantEnvelopes = (
  ports: Pick<PrivacyPorts, 'chain' | 'verifier' | 'personKeys' | 'vault' | 'self' | 'clock'>,
  forwarding: Forwarding,
): GrantEnvelopes => {
  const { chain, vault, self } = ports

  const check = (bytes: Uint8Array): Result<Delivered> => {
    const item = readSignedItem(envelopeDeliver, bytes, ports)
    if (!item.ok) return item
    const { grantee, grantId, sealed } = item.value.payload
    const head = chain.head()
    const found = sealedFor(head.view, grantId)
    const isKnown =
      found && mayDeliver(found, item.value.statement.actor, head) && equalBytes(found.party, grantee)
    if (!isKnown) return refuseDirectory('envelope.grant')
    const named = grantIdOfEnvelope(sealed)
    if (!named.ok) return named
    return equalBytes(named.value, grantId) ? item : refuseDirectory('envelope.mismatch')
  }

  const read = async (grantId: Uint8Array): Promise<Result<StoredEnvelope | undefined>> => {
    const value = await vault.get(nameOf(grantId))
    if (!value.ok || value.value === undefined) return value as Result<undefined>
    return decode(storedSchema, value.value)
  }

  const store = async ({ payload, statement }: Delivered): Promise<void> => {
    const old = await read(payload.grantId)
    if (old.ok && old.value && old.value.timeMs > statement.timeMs) return
    const value = encode(storedSchema, { timeMs: statement.timeMs, sealed: payload.sealed })
    await vault.putBatch([{ ...nameOf(payload.grantId), value }])
  }

  const homeOf = (grantee: Uint8Array): Uint8Array | undefined =>
    institutionOf(grantee, chain.head().view.get(accounts, grantee))

  const keep: GrantEnvelopes['keep'] = async (bytes) => {
    await awaitState(ports, () => check(bytes).ok)
    const item = check(bytes)
    if (!item.ok) return item
    const home = homeOf(item.value.payload.grantee)
    if (home === undefined || !equalBytes(home, self.id)) return refuseDirectory('envelope.mismatch')
    await store(item.value)
    return ok(undefined)
  }

  const idsFor: GrantEnvelopes['idsFor'] = (party) => {
    const { view } = chain.head()
    return vault
      .list('grant', new Uint8Array(0))
      .map((id) => ({ id, found: sealedFor(view, id) }))
      .filter(({ found }) => found !== undefined && equalBytes(found.party, party))
      .sort((a, b) => (a.found?.height ?? 0) - (b.found?.height ?? 0) || compareBytes(a.id, b.id))
      .map(({ id }) => id)
  }

  /** Whether the envelope of a grant lists keys of records of the chart. */
  const listsKeysOf = (grantId: Uint8Array, chart: Uint8Array): boolean => {
    const grant = grantId.length === 32 ? chain.head().view.get(grants, grantId) : undefined
    return grant?.scopeDigest !== undefined && equalBytes(grant.chart, chart)
  }

  const erase: Destroyer = async ({ chart, requestedMs }) => {
    const gone: VaultName[] = []
    for (const grantId of vault.list('grant', new Uint8Array(0))) {
      if (!listsKeysOf(grantId, chart)) continue
      // One that cannot be read is as good as old.
      const stored = await read(grantId)
      const timeMs = stored.ok ? stored.value?.timeMs : 0
      if (timeMs !== undefined && timeMs < requestedMs) gone.push(nameOf(grantId))
    }
    await vault.erase(gone)
    await forwarding.drop((bytes) => {
      const item = readSignedItem(envelopeDeliver, bytes, ports)
      return (
        item.ok && item.value.statement.timeMs < requestedMs && listsKeysOf(item.value.payload.grantId, chart)
      )
    })
    return 'gone'
  }

  return {
    keep,
    erase,
    idsFor,
    async deliver(bytes) {
      const item = check(bytes)
      if (!item.ok) return item
      const { grantee, grantId } = item.value.payload
      const home = homeOf(grantee)
      if (home === undefined) return refuseDirectory('envelope.grant')
      if (equalBytes(home, self.id)) {
        await store(item.value)
        return ok([])
      }
      await forwarding.put(home, grantId, bytes)
      await forwarding.flush()
      return ok([])
    },
    async find(grantId) {
      const stored = await read(grantId)
      return stored.ok ? ok(stored.value?.sealed) : stored
    },
    async list(grantee, after) {
      const all = idsFor(grantee)
      const start = after ? all.findIndex((id) => equalBytes(id, after)) + 1 : 0
      const found: WaitingGrant[] = []
      let sizeBytes = 0
      for (const grantId of all.slice(start, start + LISTED_MAX)) {
        const stored = await read(grantId)
        if (!stored.ok) return stored
        sizeBytes += stored.value?.sealed.length ?? 0
        if (found.length > 0 && sizeBytes > LISTED_BYTES_MAX) break
        if (stored.value) found.push({ grantId, sealed: stored.value.sealed })
      }
      return ok(found)
    },
  }
}
