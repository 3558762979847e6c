/** A SHA-256 fed piece by piece. */
export interface IncrementalHash {
  readonly update: (bytes: Uint8Array) => void
  /** 32 bytes; the hash takes nothing more afterwards. */
  readonly digest: () => Uint8Array
}

/**
 * The primitives that the sealing room works with, supplied by the host. All synchronous; lengths in bytes.
 * Keys and nonces of a wrong length are broken invariants of ours, so an implementation may throw for them.
 */
export interface CipherPort {
  readonly randomBytes: (sizeBytes: number) => Uint8Array
  readonly sha256: (bytes: Uint8Array) => Uint8Array
  readonly createSha256: () => IncrementalHash
  readonly hmacSha256: (key: Uint8Array, bytes: Uint8Array) => Uint8Array
  /** RFC 5869 extract and expand. */
  readonly hkdfSha256: (ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, sizeBytes: number) => Uint8Array
  /** AES-256-GCM: ciphertext ‖ 16-byte tag. `key` 32 bytes, `nonce` 12 bytes. */
  readonly aesGcmSeal: (key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plain: Uint8Array) => Uint8Array
  /** The plaintext, or undefined when the tag does not match. */
  readonly aesGcmOpen: (
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    sealed: Uint8Array,
  ) => Uint8Array | undefined
  /** RFC 7748 §6.1; undefined when the shared secret is all zero or the public key is not 32 bytes. */
  readonly x25519: (secretKey: Uint8Array, publicKey: Uint8Array) => Uint8Array | undefined
  readonly x25519Public: (secretKey: Uint8Array) => Uint8Array
  readonly ed25519Sign: (seed: Uint8Array, message: Uint8Array) => Uint8Array
  readonly ed25519Public: (seed: Uint8Array) => Uint8Array
}

export const TAG_BYTES = 16
export const NONCE_BYTES = 12
export const KEY_BYTES = 32
