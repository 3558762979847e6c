import {
  accounts,
  attestationSchema,
  bytesFromText,
  compareBytes,
  concatBytes,
  decode,
  encode,
  equalBytes,
  ok,
  openAttestation,
  type PersonRole,
  type Result,
  type SignedAttestation,
  signedAttestationSchema,
  staffAttest,
  staffFind,
  staffForget,
  staffList,
} from '@medchain/core'
import type { Dispatcher } from '../requests/dispatcher.ts'
import type { PrivacyPorts, VaultName } from '../requests/ports.ts'
import { refuseDirectory } from './codes.ts'

/** What the institution says of those it enrols: deletable values of the vault, never on the chain. */
export interface StaffDirectory {
  readonly find: (account: Uint8Array) => Promise<Result<SignedAttestation | undefined>>
  /** Whether the institution has said that it wants this very account, in this role. */
  readonly isWanted: (account: Uint8Array, role: PersonRole) => Promise<boolean>
}

type Ports = Pick<PrivacyPorts, 'chain' | 'self' | 'vault' | 'verifier'>

const PREFIX = bytesFromText('staff/')
const PAGE_MAX = 1000

const nameOf = (account: Uint8Array): VaultName => ({ kind: 'index', key: concatBytes(PREFIX, account) })

const createStaffDirectory = ({ vault }: Ports): StaffDirectory => {
  const find: StaffDirectory['find'] = async (account) => {
    const value = await vault.get(nameOf(account))
    if (!value.ok || value.value === undefined) return value as Result<undefined>
    return decode(signedAttestationSchema, value.value)
  }
  return {
    find,
    async isWanted(account, role) {
      const signed = await find(account)
      if (!signed.ok || signed.value === undefined) return false
      const attestation = decode(attestationSchema, signed.value.attestation)
      return attestation.ok && attestation.value.role === role
    },
  }
}

/** Whether the institution signed it itself, of an account that it enrolled or may still enrol. */
const checkOwn = ({ chain, self, verifier }: Ports, signed: SignedAttestation): Result<Uint8Array> => {
  const decoded = decode(attestationSchema, signed.attestation)
  if (!decoded.ok) return decoded
  const { account } = decoded.value
  const { view } = chain.head()
  const institutionKey = view.get(accounts, self.id)?.signingKey ?? new Uint8Array(32)
  const place = { networkId: chain.networkId, institution: self.id, account, institutionKey }
  const attestation = openAttestation(signed, place, verifier)
  if (attestation === undefined) return refuseDirectory('directory.attestation')
  const known = view.get(accounts, account)
  if (known === undefined) return ok(account)
  const isOwn = known.sponsor !== undefined && equalBytes(known.sponsor, self.id)
  return isOwn && known.role === attestation.role ? ok(account) : refuseDirectory('directory.other-sponsor')
}

/** Serves the institution's staff directory: written by the institution itself, read by whoever has an account's id. */
export const serveStaff = (ports: Ports, dispatcher: Dispatcher): StaffDirectory => {
  const { self, vault } = ports
  const directory = createStaffDirectory(ports)
  const isInstitution = (actor: Uint8Array): boolean => equalBytes(actor, self.id)

  dispatcher.handle(staffAttest, async ({ signed }, { actor }) => {
    if (!isInstitution(actor)) return refuseDirectory('directory.institution-only')
    const account = checkOwn(ports, signed)
    if (!account.ok) return account
    await vault.putBatch([{ ...nameOf(account.value), value: encode(signedAttestationSchema, signed) }])
    return ok([])
  })
  dispatcher.handle(staffForget, async ({ account }, { actor }) => {
    if (!isInstitution(actor)) return refuseDirectory('directory.institution-only')
    await vault.erase([nameOf(account)])
    return ok([])
  })
  dispatcher.handle(staffList, async ({ after }, { actor }) => {
    if (!isInstitution(actor)) return refuseDirectory('directory.institution-only')
    const ids = vault.list('index', PREFIX).map((key) => key.slice(PREFIX.length))
    const page = ids.filter((id) => after === undefined || compareBytes(id, after) > 0).slice(0, PAGE_MAX)
    const all: SignedAttestation[] = []
    for (const id of page) {
      const signed = await directory.find(id)
      if (!signed.ok) return signed
      if (signed.value) all.push(signed.value)
    }
    return ok(all)
  })
  dispatcher.handle(staffFind, async ({ account }) => {
    const signed = await directory.find(account)
    return signed.ok ? ok({ signed: signed.value }) : signed
  })
  return directory
}
