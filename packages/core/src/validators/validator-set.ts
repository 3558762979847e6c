import { hashTagged } from '../crypto/hash.ts'
import { bytes, encode, equalBytes, list, struct, type TypeOf } from '../encoding/index.ts'

export const validatorSchema = struct<{
  /** Account id of the institution, 32 bytes. */
  readonly institution: Uint8Array
  /** Ed25519 public key that signs votes, 32 bytes. */
  readonly votingKey: Uint8Array
}>({ institution: bytes(32), votingKey: bytes(32) })

export type Validator = TypeOf<typeof validatorSchema>

/** Members in the order of admission; votes name a member by its index here. */
export type ValidatorSet = readonly Validator[]

export const validatorSetSchema = list(validatorSchema, 256)

/** Every header names two sets, which seldom change. */
const setHashes = new WeakMap<ValidatorSet, Uint8Array>()

export const validatorSetHash = (set: ValidatorSet): Uint8Array => {
  const known = setHashes.get(set)
  if (known) return known
  const hash = hashTagged('medchain/validators/1', encode(validatorSetSchema, set))
  setHashes.set(set, hash)
  return hash
}

/** Index of the institution in the set, or -1. */
export const validatorIndexOf = (set: ValidatorSet, institution: Uint8Array): number =>
  set.findIndex((member) => equalBytes(member.institution, institution))
