import { hashTagged, ZERO_HASH } from '../crypto/hash.ts'

/** Hash of two children in the state tree; two empty ones (both the shared ZERO_HASH) stay empty. */
export const stateNodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  left === ZERO_HASH && right === ZERO_HASH ? ZERO_HASH : hashTagged('medchain/state-node/1', left, right)
