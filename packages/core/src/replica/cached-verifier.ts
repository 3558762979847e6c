import { createRecentMap } from '../collections/index.ts'
import type { SignatureVerifier } from '../crypto/signature.ts'
import { equalBytes, nameFromBytes } from '../encoding/index.ts'

interface Proven {
  readonly publicKey: Uint8Array
  readonly message: Uint8Array
}

/** Remembers true signatures, `max` at most, so that none is verified twice; false ones cost again. */
export const createCachedVerifier = (inner: SignatureVerifier, max = 20_000): SignatureVerifier => {
  const proven = createRecentMap<string, Proven>(max)
  return {
    verify: (publicKey, message, signature) => {
      const name = nameFromBytes(signature)
      const known = proven.get(name)
      if (known && equalBytes(known.publicKey, publicKey) && equalBytes(known.message, message)) return true
      if (!inner.verify(publicKey, message, signature)) return false
      proven.set(name, { publicKey, message })
      return true
    },
    verifyOnce: inner.verify,
  }
}

/** For blocks under a commit certificate: a quorum has verified the transactions in them. */
export const TRUSTING_VERIFIER: SignatureVerifier = { verify: () => true }
