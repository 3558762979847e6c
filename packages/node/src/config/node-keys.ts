import { bytes, decode, encode, type GenesisMember, ok, type Result, refuse, struct } from '@medchain/core'
import { nodeCiphers } from '../keystore/index.ts'

/** Everything secret that a node holds for its institution: 32 bytes each. */
export interface NodeKeys {
  /** Ed25519 seed: signs the institution's transactions and statements. */
  readonly signingSeed: Uint8Array
  /** X25519 secret: opens what is sealed to the institution. */
  readonly sealingSecret: Uint8Array
  /** Ed25519 seed: signs votes. */
  readonly votingSeed: Uint8Array
  /** Ed25519 seed: proves the node to its peers. */
  readonly nodeSeed: Uint8Array
  /** Salt of the institution's inception. */
  readonly salt: Uint8Array
  /** Encrypts what the node stores. */
  readonly storageKey: Uint8Array
  /** Makes repeated imports recognisable, and only to this node. */
  readonly importSecret: Uint8Array
}

const nodeKeysSchema = struct<NodeKeys>({
  signingSeed: bytes(32),
  sealingSecret: bytes(32),
  votingSeed: bytes(32),
  nodeSeed: bytes(32),
  salt: bytes(32),
  storageKey: bytes(32),
  importSecret: bytes(32),
})

export const generateNodeKeys = (): NodeKeys => {
  const fresh = (): Uint8Array => nodeCiphers.randomBytes(32)
  return {
    signingSeed: fresh(),
    sealingSecret: fresh(),
    votingSeed: fresh(),
    nodeSeed: fresh(),
    salt: fresh(),
    storageKey: fresh(),
    importSecret: fresh(),
  }
}

/** The keystore's payload. */
export const encodeNodeKeys = (keys: NodeKeys): Uint8Array => encode(nodeKeysSchema, keys)

export const decodeNodeKeys = (payload: Uint8Array): Result<NodeKeys> => {
  const keys = decode(nodeKeysSchema, payload)
  return keys.ok
    ? ok(keys.value)
    : refuse('config.keys', 'The keystore opens, but does not hold the keys of a node.')
}

/** What the network learns of a node: its public keys beside its name, role and addresses. */
export const memberFromKeys = (
  keys: NodeKeys,
  about: Pick<GenesisMember, 'name' | 'role' | 'addresses' | 'isValidator'>,
): GenesisMember => ({
  name: about.name,
  role: about.role,
  signingKey: nodeCiphers.ed25519Public(keys.signingSeed),
  sealingKey: nodeCiphers.x25519Public(keys.sealingSecret),
  salt: keys.salt,
  votingKey: nodeCiphers.ed25519Public(keys.votingSeed),
  nodeKey: nodeCiphers.ed25519Public(keys.nodeSeed),
  addresses: about.addresses,
  isValidator: about.isValidator,
})
