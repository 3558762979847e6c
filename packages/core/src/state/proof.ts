import { ZERO_HASH } from '../crypto/hash.ts'
import { bytes, equalBytes, list, struct } from '../encoding/index.ts'
import {
  BUCKET_BITS,
  BUCKET_COUNT,
  bucketHash,
  bucketIndexOf,
  type HashedEntry,
  stateKeyHash,
  stateValueHash,
} from './bucket.ts'
import { stateNodeHash } from './node-hash.ts'

/** Shows what stands, or does not stand, under a key of a state root. */
export interface StateProof {
  readonly entries: readonly HashedEntry[]
  /** From the bucket up to the root: 16 hashes. */
  readonly siblings: readonly Uint8Array[]
}

export const stateProofSchema = struct<StateProof>({
  entries: list(struct<HashedEntry>({ keyHash: bytes(32), valueHash: bytes(32) }), 65_536),
  siblings: list(bytes(32), BUCKET_BITS),
})

const isHash = (bytes: Uint8Array): boolean => bytes.length === 32

/** Entries of other lengths could spell the same bucket with another key in it, or none. */
const hasShape = ({ entries, siblings }: StateProof): boolean =>
  siblings.length === BUCKET_BITS &&
  siblings.every(isHash) &&
  entries.every(({ keyHash, valueHash }) => isHash(keyHash) && isHash(valueHash))

const isZero = (hash: Uint8Array): boolean => hash.every((byte) => byte === 0)

/** Whether the state under `root` holds `value` at `key`, or with `undefined` that it holds nothing there. */
export const verifyStateProof = (
  root: Uint8Array,
  key: Uint8Array,
  value: Uint8Array | undefined,
  proof: StateProof,
): boolean => {
  if (!hasShape(proof)) return false
  const keyHash = stateKeyHash(key)
  const found = proof.entries.find((entry) => equalBytes(entry.keyHash, keyHash))
  if (
    value === undefined ? found !== undefined : !found || !equalBytes(found.valueHash, stateValueHash(value))
  )
    return false
  let node = BUCKET_COUNT + bucketIndexOf(keyHash)
  let hash = bucketHash(proof.entries)
  for (const sibling of proof.siblings) {
    const other = isZero(sibling) ? ZERO_HASH : sibling
    const own = isZero(hash) ? ZERO_HASH : hash
    hash = node % 2 === 0 ? stateNodeHash(own, other) : stateNodeHash(other, own)
    node >>= 1
  }
  return equalBytes(hash, root)
}
