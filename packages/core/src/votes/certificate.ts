import type { SignatureVerifier } from '../crypto/signature.ts'
import { blob, bytes, list, ok, type Result, refuse, struct, uint } from '../encoding/index.ts'
import { quorumOf } from '../validators/quorum.ts'
import type { ValidatorSet } from '../validators/validator-set.ts'
import { type VoteType, voteMessage } from './vote.ts'

/** Signatures of distinct validators over one vote; bit i of the bitmap (LSB first) stands for member i. */
export interface Certificate {
  readonly height: number
  readonly round: number
  readonly blockHash: Uint8Array
  readonly bitmap: Uint8Array
  /** One 64-byte signature for each set bit, in the order of the members. */
  readonly signatures: readonly Uint8Array[]
}

export const certificateSchema = struct<Certificate>({
  height: uint(),
  round: uint(),
  blockHash: bytes(32),
  bitmap: blob(32),
  signatures: list(bytes(64), 256),
})

/** Indices of the members whose bits are set. */
export const signerIndices = (bitmap: Uint8Array): number[] => {
  const indices: number[] = []
  bitmap.forEach((byte, position) => {
    for (let bit = 0; bit < 8; bit++) if ((byte >> bit) & 1) indices.push(position * 8 + bit)
  })
  return indices
}

/** A certificate from votes by member index; the caller has verified each signature. */
export const certificateFromVotes = (
  set: ValidatorSet,
  height: number,
  round: number,
  blockHash: Uint8Array,
  signatures: ReadonlyMap<number, Uint8Array>,
): Certificate => {
  const bitmap = new Uint8Array(Math.ceil(set.length / 8))
  const ordered = [...signatures.entries()].sort(([a], [b]) => a - b)
  for (const [index] of ordered) bitmap[index >> 3] = (bitmap[index >> 3] as number) | (1 << (index & 7))
  return { height, round, blockHash, bitmap, signatures: ordered.map(([, signature]) => signature) }
}

/**
 * Whether a quorum of distinct members of `set` signed this vote. Refuses with `certificate.shape`,
 * `certificate.no-quorum` or `certificate.bad-signature`.
 */
export const validateCertificate = (
  certificate: Certificate,
  type: VoteType,
  networkId: Uint8Array,
  set: ValidatorSet,
  verifier: SignatureVerifier,
): Result<void> => {
  const indices = signerIndices(certificate.bitmap)
  const hasShape =
    certificate.bitmap.length === Math.ceil(set.length / 8) &&
    indices.length === certificate.signatures.length &&
    indices.every((index) => index < set.length)
  if (!hasShape) return refuse('certificate.shape', 'The certificate does not fit the validator set.')
  if (indices.length < quorumOf(set.length)) {
    return refuse('certificate.no-quorum', 'Fewer validators signed than a quorum needs.')
  }
  const { height, round, blockHash } = certificate
  const message = voteMessage({ networkId, height, round, type, blockHash })
  const allSigned = indices.every((index, position) =>
    verifier.verify(
      (set[index] as ValidatorSet[number]).votingKey,
      message,
      certificate.signatures[position] as Uint8Array,
    ),
  )
  return allSigned
    ? ok(undefined)
    : refuse('certificate.bad-signature', 'A signature in the certificate is false.')
}
