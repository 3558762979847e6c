import { createInclusionProver, leafHash, rootFromLeafHashes, verifyInclusion } from '../crypto/merkle-log.ts'
import { bytes, compareBytes, list, struct, uint } from '../encoding/index.ts'

/** Shows that a record is among those that a grant with a scope names. */
export interface ScopeProof {
  readonly index: number
  readonly size: number
  readonly path: readonly Uint8Array[]
}

export const scopeProofSchema = struct<ScopeProof>({
  index: uint(1_000_000),
  size: uint(1_000_000),
  path: list(bytes(32), 20),
})

const leavesOf = (recordIds: readonly Uint8Array[]): Uint8Array[] =>
  [...recordIds].sort(compareBytes).map(leafHash)

/** Merkle root over record ids in increasing order. */
export const scopeDigestOf = (recordIds: readonly Uint8Array[]): Uint8Array =>
  rootFromLeafHashes(leavesOf(recordIds))

/** Proves of any record whether it is one of `recordIds`: the ids are sorted and hashed once. */
export const createScopeProver = (
  recordIds: readonly Uint8Array[],
): ((recordId: Uint8Array) => ScopeProof | undefined) => {
  const sorted = [...recordIds].sort(compareBytes)
  const pathOf = createInclusionProver(leavesOf(sorted))
  return (recordId) => {
    const index = sorted.findIndex((candidate) => compareBytes(candidate, recordId) === 0)
    return index < 0 ? undefined : { index, size: sorted.length, path: pathOf(index) }
  }
}

/** Proof that `recordId` is one of `recordIds`; undefined when it is not. */
export const scopeProofOf = (
  recordIds: readonly Uint8Array[],
  recordId: Uint8Array,
): ScopeProof | undefined => createScopeProver(recordIds)(recordId)

export const verifyScopeProof = (digest: Uint8Array, recordId: Uint8Array, proof: ScopeProof): boolean =>
  verifyInclusion(leafHash(recordId), proof.index, proof.size, proof.path, digest)
