import { assertInvariant } from '@medchain/core'
import { nodeSha256 } from './native-hashes.ts'

// On the one-shot hash: createHmac and hkdfSync make a key object of every key, which takes ten times as long
// (measured), and records have a key of their own each.
const BLOCK_BYTES = 64
const HASH_BYTES = 32
const SHORT_BYTES = 1024

// Hashing is synchronous: the next call may use the same memory, which is wiped after each.
const inner = new Uint8Array(BLOCK_BYTES + SHORT_BYTES)
const outer = new Uint8Array(BLOCK_BYTES + HASH_BYTES)

const padInto = (out: Uint8Array, blockKey: Uint8Array, mask: number): void => {
  for (let index = 0; index < blockKey.length; index++) out[index] = (blockKey[index] as number) ^ mask
  out.fill(mask, blockKey.length, BLOCK_BYTES)
}

/** RFC 2104 with SHA-256: 32 bytes. */
export const hmacSha256 = (key: Uint8Array, bytes: Uint8Array): Uint8Array => {
  const out = new Uint8Array(HASH_BYTES)
  let blockKey = key
  if (key.length > BLOCK_BYTES) {
    nodeSha256(key, out, 0)
    blockKey = out.slice()
  }
  const size = BLOCK_BYTES + bytes.length
  const padded = size <= inner.length ? inner.subarray(0, size) : new Uint8Array(size)
  padInto(padded, blockKey, 0x36)
  padded.set(bytes, BLOCK_BYTES)
  padInto(outer, blockKey, 0x5c)
  nodeSha256(padded, outer, BLOCK_BYTES)
  nodeSha256(outer, out, 0)
  padded.fill(0)
  outer.fill(0)
  return out
}

/** RFC 5869 §2: extract, then expand to at most 8,160 bytes. */
export const hkdfSha256 = (
  ikm: Uint8Array,
  salt: Uint8Array,
  info: Uint8Array,
  sizeBytes: number,
): Uint8Array => {
  assertInvariant(sizeBytes <= 255 * HASH_BYTES, 'HKDF gives at most 255 blocks')
  const extracted = hmacSha256(salt, ikm)
  const out = new Uint8Array(Math.ceil(sizeBytes / HASH_BYTES) * HASH_BYTES)
  // The block before, nothing at first, then the info and the number of the block.
  const message = new Uint8Array(HASH_BYTES + info.length + 1)
  message.set(info, HASH_BYTES)
  for (let at = 0; at < sizeBytes; at += HASH_BYTES) {
    message[message.length - 1] = at / HASH_BYTES + 1
    const block = hmacSha256(extracted, at === 0 ? message.subarray(HASH_BYTES) : message)
    message.set(block)
    out.set(block, at)
  }
  return out.subarray(0, sizeBytes)
}
