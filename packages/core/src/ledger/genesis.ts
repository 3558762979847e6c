import { hashTagged } from '../crypto/hash.ts'
import { bool, bytes, encode, exactly, list, struct, text, uint, word } from '../encoding/index.ts'
import { accountIdFromInception } from '../identity/account-id.ts'
import { INSTITUTION_ROLES, type InstitutionRole } from '../identity/roles.ts'
import type { ValidatorSet } from '../validators/validator-set.ts'

export interface GenesisMember {
  /** Public name of the institution. */
  readonly name: string
  readonly role: InstitutionRole
  /** Ed25519: signs transactions. */
  readonly signingKey: Uint8Array
  /** X25519: what is sealed to the institution. */
  readonly sealingKey: Uint8Array
  readonly salt: Uint8Array
  /** Ed25519: signs votes. */
  readonly votingKey: Uint8Array
  /** Ed25519: proves the node to its peers. */
  readonly nodeKey: Uint8Array
  /** Multiaddrs without a peer id. */
  readonly addresses: readonly string[]
  readonly isValidator: boolean
}

/** What the network agrees on that a vote may change later. */
export interface NetworkParameters {
  readonly blockIntervalMs: number
  readonly heartbeatMs: number
  readonly blockBytesMax: number
  readonly blockTransactionsMax: number
}

export interface Genesis {
  readonly version: number
  readonly name: string
  readonly timeMs: number
  readonly members: readonly GenesisMember[]
  readonly parameters: NetworkParameters
}

export const parametersSchema = struct<NetworkParameters>({
  blockIntervalMs: uint(60_000),
  heartbeatMs: uint(600_000),
  blockBytesMax: uint(4 * 1024 * 1024),
  blockTransactionsMax: uint(4096),
})

export const DEFAULT_PARAMETERS: NetworkParameters = {
  blockIntervalMs: 50,
  heartbeatMs: 5000,
  blockBytesMax: 2 * 1024 * 1024,
  blockTransactionsMax: 4096,
}

export const genesisMemberSchema = struct<GenesisMember>({
  name: text(128),
  role: word(INSTITUTION_ROLES),
  signingKey: bytes(32),
  sealingKey: bytes(32),
  salt: bytes(32),
  votingKey: bytes(32),
  nodeKey: bytes(32),
  addresses: list(text(256), 8),
  isValidator: bool,
})

export const genesisSchema = struct<Genesis>({
  version: exactly(1),
  name: text(128),
  timeMs: uint(),
  members: list(genesisMemberSchema, 256),
  parameters: parametersSchema,
})

/** The id of the network: part of every signed thing. */
export const networkIdOf = (genesis: Genesis): Uint8Array =>
  hashTagged('medchain/genesis/1', encode(genesisSchema, genesis))

export const institutionIdOf = (member: GenesisMember): Uint8Array => accountIdFromInception(member)

/** Validators at height 1, in the order of the genesis document. */
export const validatorsOf = (genesis: Genesis): ValidatorSet =>
  genesis.members
    .filter((member) => member.isValidator)
    .map((member) => ({ institution: institutionIdOf(member), votingKey: member.votingKey }))
