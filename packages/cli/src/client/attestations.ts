import {
  type Account,
  type Attestation,
  accountIdFromInception,
  accounts,
  openAttestation,
  type SignedAttestation,
  staffFind,
} from '@medchain/core'
import { nodeCiphers, signatureVerifier } from '@medchain/node'
import { CommandError } from '../command-error.ts'
import type { NodeClient } from './node-client.ts'
import { readState } from './proven-state.ts'
import type { Actor } from './signed-request.ts'

/** An account as the chain proves it, with the institution that vouches for it. */
export interface ProvenAccount {
  readonly id: Uint8Array
  readonly account: Account
  /** Absent for an institution. */
  readonly sponsor: { readonly id: Uint8Array; readonly account: Account } | undefined
}

/** `undefined` where the chain has no such account. */
export const provenAccount = async (
  client: NodeClient,
  id: Uint8Array,
): Promise<ProvenAccount | undefined> => {
  const account = await readState(client, accounts.schema, accounts.keyOf(id))
  if (account === undefined) return undefined
  if (account.sponsor === undefined) return { id, account, sponsor: undefined }
  const sponsor = await readState(client, accounts.schema, accounts.keyOf(account.sponsor))
  return { id, account, sponsor: sponsor && { id: account.sponsor, account: sponsor } }
}

/** What the account's institution attests; undefined when its signature is not that of the proven sponsor (I1). */
export const openAttestationOf = (
  signed: SignedAttestation,
  { id, sponsor }: ProvenAccount,
  networkId: Uint8Array,
): Attestation | undefined =>
  sponsor &&
  openAttestation(
    signed,
    { networkId, institution: sponsor.id, account: id, institutionKey: sponsor.account.signingKey },
    signatureVerifier,
  )

/** Keys for one question: who asks after somebody is nobody’s business. */
const stranger = (): Actor => {
  const seed = nodeCiphers.randomBytes(32)
  const inception = {
    signingKey: nodeCiphers.ed25519Public(seed),
    sealingKey: nodeCiphers.randomBytes(32),
    salt: nodeCiphers.randomBytes(32),
  }
  return {
    id: accountIdFromInception(inception),
    inception,
    sign: (message) => nodeCiphers.ed25519Sign(seed, message),
  }
}

export type AttestationAnswer =
  | { readonly type: 'attested'; readonly attestation: Attestation; readonly signed: SignedAttestation }
  /** The institution says nothing of the account. */
  | { readonly type: 'unknown' }
  /** What came is not what the institution signed. */
  | { readonly type: 'false' }
  /** The institution’s node does not answer. */
  | { readonly type: 'away' }

/** Asks the node of the account’s institution for what it attests, and checks its signature. */
export const findAttestation = async (
  client: NodeClient,
  proven: ProvenAccount,
): Promise<AttestationAnswer> => {
  if (proven.sponsor === undefined) return { type: 'unknown' }
  try {
    const options = { node: proven.sponsor.id }
    const { signed } = await client.call(staffFind, { account: proven.id }, stranger(), options)
    if (signed === undefined) return { type: 'unknown' }
    const attestation = openAttestationOf(signed, proven, await client.networkId())
    return attestation && attestation.role === proven.account.role
      ? { type: 'attested', attestation, signed }
      : { type: 'false' }
  } catch (error) {
    if (error instanceof CommandError && /^(network|node|request)\./.test(error.code)) return { type: 'away' }
    throw error
  }
}
