import { sha256 as plainSha256 } from '@noble/hashes/sha2.js'

const SHA256_BYTES = 32

/** Writes the 32 bytes of a digest into `target` from `at` on. */
export type HashFunction = (bytes: Uint8Array, target: Uint8Array, at: number) => void

let implementation: HashFunction = (bytes, target, at) => target.set(plainSha256(bytes), at)

/** SHA-256 (FIPS 180-4) of the bytes, into memory that is there: what many hashes in a row are to go to. */
export const sha256Into: HashFunction = (bytes, target, at) => implementation(bytes, target, at)

/** SHA-256 (FIPS 180-4) of the bytes: 32 bytes. */
export const sha256 = (bytes: Uint8Array): Uint8Array => {
  const digest = new Uint8Array(SHA256_BYTES)
  implementation(bytes, digest, 0)
  return digest
}

/**
 * Puts a faster SHA-256 in place of the plain one, after checking it on the standard's own example.
 * Every implementation gives the same bytes, so no result depends on this call.
 */
export const installSha256 = (faster: HashFunction): void => {
  const sample = Uint8Array.of(0x61, 0x62, 0x63)
  const expected = plainSha256(sample)
  const actual = new Uint8Array(SHA256_BYTES)
  faster(sample, actual, 0)
  if (expected.every((byte, index) => byte === actual[index])) implementation = faster
}
