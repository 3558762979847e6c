/**
 * Ed25519 under the one predicate of the network: canonical S and A, no small-order A or R, cofactorless
 * equation. Core never verifies by itself; the host supplies the implementation.
 */
export interface SignatureVerifier {
  /** `publicKey` 32 bytes, `signature` 64 bytes; false for anything that is not a valid signature. */
  readonly verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean
  /** The same where the caller remembers the outcome, so that a verifier that remembers need not. */
  readonly verifyOnce?: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean
}

/** Signs with one key that the host holds. */
export interface Signer {
  readonly publicKey: Uint8Array
  readonly sign: (message: Uint8Array) => Uint8Array
}
