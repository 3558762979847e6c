import { sha256 as plainSha256 } from '@noble/hashes/sha2.js'

export type HashFunction = (bytes: Uint8Array) => Uint8Array

let implementation: HashFunction = plainSha256

/** SHA-256 (FIPS 180-4) of the bytes: 32 bytes. */
export const sha256: HashFunction = (bytes) => implementation(bytes)

/**
 * Puts a faster SHA-256 in place of the plain one, after checking it on the standard's own example.
 * Every implementation gives the same bytes, so no result depends on this call.
 */
export const installSha256 = (faster: HashFunction): void => {
  const sample = Uint8Array.of(0x61, 0x62, 0x63)
  const expected = plainSha256(sample)
  const actual = faster(sample)
  if (actual.length === 32 && expected.every((byte, index) => byte === actual[index])) implementation = faster
}
