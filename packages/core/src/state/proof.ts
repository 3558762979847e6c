import { bytes, equalBytes, list, struct } from '../encoding/index.ts'
import {
  BUCKET_DEPTH,
  bucketHash,
  bucketIndexOf,
  type HashedEntry,
  stateKeyHash,
  stateValueHash,
} from './bucket.ts'
import { NODE_CHILDREN, nodeHash } from './nodes.ts'

/** Shows what stands, or does not stand, under a key of a state root. */
export interface StateProof {
  readonly entries: readonly HashedEntry[]
  /** From the bucket up to the root, at each of 8 levels the other three children of the node above: 24 hashes. */
  readonly siblings: readonly Uint8Array[]
}

const SIBLINGS_A_LEVEL = NODE_CHILDREN - 1
const SIBLINGS = BUCKET_DEPTH * SIBLINGS_A_LEVEL

export const stateProofSchema = struct<StateProof>({
  entries: list(struct<HashedEntry>({ keyHash: bytes(32), valueHash: bytes(32) }), 65_536),
  siblings: list(bytes(32), SIBLINGS),
})

const isHash = (bytes: Uint8Array): boolean => bytes.length === 32

/** Entries of other lengths could spell the same bucket with another key in it, or none. */
const hasShape = ({ entries, siblings }: StateProof): boolean =>
  siblings.length === SIBLINGS &&
  siblings.every(isHash) &&
  entries.every(({ keyHash, valueHash }) => isHash(keyHash) && isHash(valueHash))

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
  let place = bucketIndexOf(keyHash)
  let hash = bucketHash(proof.entries)
  for (let level = 0; level < BUCKET_DEPTH; level++) {
    const siblings = proof.siblings.slice(level * SIBLINGS_A_LEVEL, (level + 1) * SIBLINGS_A_LEVEL)
    hash = nodeHash(siblings.toSpliced(place % NODE_CHILDREN, 0, hash))
    place = Math.floor(place / NODE_CHILDREN)
  }
  return equalBytes(hash, root)
}
