import {
  accounts,
  blob,
  bytesFromText,
  charts,
  concatBytes,
  decode,
  encode,
  equalBytes,
  type FoundPart2Copy,
  hashTagged,
  ok,
  openPart2Copy,
  part2Consents,
  part2Deliver,
  part2Programs,
  type ReadView,
  type Result,
  struct,
  uint,
} from '@medchain/core'
import { institutionOf, isStaffOf } from '../custody/anchoring.ts'
import { awaitState } from '../requests/await-state.ts'
import type { PrivacyPorts, VaultName } from '../requests/ports.ts'
import { refuseDirectory } from './codes.ts'
import { mayDeliver, sealedFor } from './sealed-for.ts'
import { type Forwarding, readSignedItem, type SignedItem } from './signed-items.ts'

type Delivered = SignedItem<{
  readonly grantId: Uint8Array
  readonly party: Uint8Array
  readonly sealed: Uint8Array
}>

interface StoredCopy {
  /** When it was signed: a later one replaces an earlier one. */
  readonly timeMs: number
  readonly sealed: Uint8Array
}

const storedSchema = struct<StoredCopy>({ timeMs: uint(), sealed: blob(1 << 17) })
const PREFIX = bytesFromText('part2/')

const nameOf = (grantId: Uint8Array, party: Uint8Array): VaultName => ({
  kind: 'index',
  key: concatBytes(PREFIX, grantId, party),
})

/** Where a party's copy is kept; undefined for whoever is no party to the grant. */
const homeOf = (view: ReadView, grantId: Uint8Array, party: Uint8Array): Uint8Array | undefined => {
  const found = sealedFor(view, grantId)
  if (!found) return undefined
  if (equalBytes(party, found.chart)) return view.get(charts, party)?.sponsor
  const isParty = equalBytes(party, found.party) || view.get(part2Programs, party) !== undefined
  return isParty ? institutionOf(party, view.get(accounts, party)) : undefined
}

/** Sealed copies of written consents under 42 CFR Part 2, with the patient's home, the recipient's, and the programmes. */
export interface Part2Copies {
  /** Takes a copy that the giver of the grant signed: kept here, or durably on its way to the party's home. */
  readonly deliver: (bytes: Uint8Array) => Promise<Result<readonly []>>
  /** Takes one that another institution passed on. */
  readonly keep: (bytes: Uint8Array) => Promise<Result<void>>
  /** What the actor may have of the consent behind a grant: its own copy, and for staff the institution's. */
  readonly find: (grantId: Uint8Array, actor: Uint8Array) => Promise<Result<FoundPart2Copy>>
}

type Ports = Pick<PrivacyPorts, 'chain' | 'verifier' | 'personKeys' | 'vault' | 'self' | 'clock'>

export const createPart2Copies = (ports: Ports, forwarding: Forwarding): Part2Copies => {
  const { chain, vault, self } = ports

  /** The item with the home of its party, once the chain has the grant and its attestation. */
  const check = (bytes: Uint8Array): Result<{ readonly item: Delivered; readonly home: Uint8Array }> => {
    const item = readSignedItem(part2Deliver, bytes, ports)
    if (!item.ok) return item
    const { grantId, party } = item.value.payload
    const head = chain.head()
    const found = sealedFor(head.view, grantId)
    const home = homeOf(head.view, grantId, party)
    const isKnown =
      found && head.view.get(part2Consents, grantId) && mayDeliver(found, item.value.statement.actor, head)
    return isKnown && home ? ok({ item: item.value, home }) : refuseDirectory('envelope.grant')
  }

  const read = async (grantId: Uint8Array, party: Uint8Array): Promise<Result<StoredCopy | undefined>> => {
    const value = await vault.get(nameOf(grantId, party))
    if (!value.ok || value.value === undefined) return value as Result<undefined>
    return decode(storedSchema, value.value)
  }

  const store = async ({ payload, statement }: Delivered): Promise<void> => {
    const { grantId, party, sealed } = payload
    const old = await read(grantId, party)
    if (old.ok && old.value && old.value.timeMs > statement.timeMs) return
    const value = encode(storedSchema, { timeMs: statement.timeMs, sealed })
    await vault.putBatch([{ ...nameOf(grantId, party), value }])
  }

  return {
    async deliver(bytes) {
      const checked = check(bytes)
      if (!checked.ok) return checked
      const { item, home } = checked.value
      if (equalBytes(home, self.id)) {
        await store(item)
        return ok([])
      }
      const { grantId, party } = item.payload
      await forwarding.put(home, hashTagged('medchain/part2-copy/1', grantId, party), bytes)
      await forwarding.flush()
      return ok([])
    },
    async keep(bytes) {
      await awaitState(ports, () => check(bytes).ok)
      const checked = check(bytes)
      if (!checked.ok) return checked
      if (!equalBytes(checked.value.home, self.id)) return refuseDirectory('envelope.mismatch')
      await store(checked.value.item)
      return ok(undefined)
    },
    async find(grantId, actor) {
      const own = await read(grantId, actor)
      if (!own.ok) return own
      const isStaff = isStaffOf(chain.head().view, actor, self.id)
      const institutions = isStaff ? await read(grantId, self.id) : ok(undefined)
      if (!institutions.ok) return institutions
      const sealed = institutions.value?.sealed
      const place = { networkId: chain.networkId, grantId, party: self.id }
      const opened = sealed && (await openPart2Copy(self.sealingSecret, place, sealed))
      // One that does not open was sealed for nobody: as good as none.
      return ok({ sealed: own.value?.sealed, opened: opened?.ok ? opened.value : undefined })
    },
  }
}
